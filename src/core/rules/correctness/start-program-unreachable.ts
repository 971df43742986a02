/** Rule: the program that is started lies where its user cannot get at it, or does not look. */
import type { Stage } from '../../dockerfile/types.ts';
import {
  finalBase,
  finalStage,
  isRoot,
  isShipped,
  knownFinalBase,
  runsOf,
  shippedStages,
  userName,
} from '../questions/ask.ts';
import { installs } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { serverOf } from '../questions/listening.ts';
import { mainCommand } from '../questions/start-commands.ts';
import { acting } from '../questions/users.ts';
import { officialName } from '../tables/base-images.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'start-program-unreachable',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'The user cannot get at the program that is started',
  why: 'The home of root is closed to every other user, and what pip installs as another user lies in a home that PATH does not name. Either way the container ends at once: permission denied, or executable file not found.',
  fix: 'Install into a virtual environment outside of any home, copy that, and put it on PATH: `RUN python -m venv /venv`, `COPY --from=build /venv /venv`, `ENV PATH=/venv/bin:$PATH`.',
  source: 'base-files of Debian and alpine-baselayout: /root has mode 700; pip user guide, "User Installs".',
  aliases: [],
  provenBy: 'starts-and-stays-up',
  examples: {
    bad: 'FROM python:3.12-slim AS build\nCOPY requirements.txt .\nRUN pip install --user --no-cache-dir -r requirements.txt\nFROM python:3.12-slim\nCOPY --from=build /root/.local /root/.local\nENV PATH=/root/.local/bin:$PATH\nUSER 1001\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
    good: 'FROM python:3.12-slim AS build\nCOPY requirements.txt .\nRUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\nENV PATH=/venv/bin:$PATH\nUSER 1001\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
  },
  *check(subject) {
    const main = mainCommand(subject);
    const base = finalBase(subject);
    if (main === undefined || base?.kind !== 'image' || officialName(base.reference) !== 'python') return;
    // On Windows there is neither that home nor that place.
    if (knownFinalBase(subject) === undefined) return;
    const user = finalStage(subject)?.state.user;
    const name = user === undefined ? undefined : userName(user);
    if (name === undefined || name === '' || isRoot(name)) return;
    if (main.launchers.some((one) => ARRANGES.test(one))) return;
    const server = serverOf(main);
    if (server?.language !== 'python' || mayBeElsewhere(subject)) return;
    const shipped = installs(subject).filter(({ stage }) => isShipped(subject, stage));
    // A system may bring the program too: `apt-get install gunicorn`.
    const [program = ''] = server.name.split(' ');
    const isOfSystem = shipped.some(
      ({ manager, packages }) => manager.kind === 'system' && packages.some((one) => one?.includes(program) !== false),
    );
    if (isOfSystem) return;
    const ways = shipped.filter(({ manager }) => manager.kind === 'language');
    const at = main.instruction.span;
    if (ways.length === 0) {
      const home = lastCopyToRoot(subject);
      if (home !== undefined) {
        yield {
          at,
          message: `${server.name} comes with COPY in line ${home} into /root, which no user but root may enter.`,
        };
      }
      return;
    }
    // `python -m uvicorn` finds it in the home of its user.
    const isByModule = main.words[0]?.value !== undefined && /(?:^|\/)python[\d.]*$/.test(main.words[0].value);
    if (isByModule || main.words[0]?.value?.includes('/') === true || !ways.every((one) => goesHome(subject, one)))
      return;
    yield {
      at,
      message: `${server.name} was installed as the user, so it lies in .local/bin of a home, and PATH does not name that.`,
    };
  },
});

/** Launchers that change the user, or where programs are looked for. */
const ARRANGES = /(?:^|\/)(?:gosu|su-exec|sudo|setpriv|env|uv|poetry|pipenv|pdm|conda)$/;

/** The line of the last COPY from another stage into the home of root; `undefined` where none puts anything there. */
function lastCopyToRoot(subject: Subject): number | undefined {
  const copies = shippedStages(subject)
    .flatMap(({ instructions }) => instructions)
    .filter((one) => one.keyword === 'COPY' && one.from !== undefined);
  // Another one may bring the program to where everybody finds it.
  const isAlone = copies.every(
    (one) => one.keyword === 'COPY' && /^\/root\/\.local(?:\/|$)/.test(one.destination?.value ?? ''),
  );
  return isAlone ? copies.at(-1)?.span.start.line : undefined;
}

/** True when a setting or a step may let the user in, or make another place of it. */
function mayBeElsewhere(subject: Subject): boolean {
  const stages = shippedStages(subject);
  const isTold = runsOf(stages).some(({ command }) =>
    /\b(?:chmod|setfacl|ln|mv|cp|venv|virtualenv|conda|pipx)\b|\bchown\b[^&|;]*\s\/(?:usr|\s|$)/.test(command.text),
  );
  return isTold || stages.some(setsPlaces);
}

function setsPlaces({ instructions }: Stage): boolean {
  return instructions.some(
    (one) =>
      one.keyword === 'ENV' &&
      one.pairs.some(({ key, value }) => {
        if (key.value === 'PATH') return !/^"?\/root\/\.local\/bin:\$\{?PATH\}?"?$/.test(value?.raw ?? '');
        return /^(?:VIRTUAL_ENV|PYTHONPATH|PYTHONUSERBASE|PYTHONHOME|UV_.*|PIP_.*|PIPX_.*|HOME)$/.test(
          key.value ?? 'HOME',
        );
      }),
  );
}

/** An install by pip that lands in the home of a user who is not root. */
function goesHome(subject: Subject, { manager, given, run }: Install): boolean {
  const isPlaced = given.some(({ name }) => /^(?:-t|--target|--prefix|--root|--python)$/.test(name));
  return manager.id === 'pip' && !isPlaced && acting(subject).get(run)?.as === 'non-root';
}
