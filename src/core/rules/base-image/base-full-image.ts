/** Rule: the image ships on a full language image where its slim variant serves. */
import { finalBase, shippedStages } from '../ask.ts';
import { defineRule } from '../rule.ts';

/** Images whose untrimmed tag stands on buildpack-deps: compilers, headers and version control for a program that runs. */
const HAS_SLIM = new Set(['python', 'node', 'ruby', 'rust', 'perl', 'golang', 'openjdk', 'elixir', 'erlang']);
/** Words in a tag that say it is not the full image. */
const TRIMMED = /(?:^|-)(?:slim|alpine|windowsservercore|nanoserver|jre|distroless)/;

export default defineRule({
  id: 'base-full-image',
  item: 'base-image-fits',
  severity: 'warning',
  title: 'Full base image where slim serves',
  why: 'The full image brings compilers, headers and version control along: about 900 MB against 130 MB for Python. Every node pulls it, every scanner reports it, every attacker finds tools in it.',
  fix: 'Ship on the slim variant, and build what needs a compiler in an earlier stage: `FROM python:3.12-slim`.',
  source: 'Lessons, "Six mistakes": full against slim.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.12 AS build\nRUN pip install --prefix=/venv flask\nFROM python:3.12-slim\nCOPY --from=build /venv /usr/local\n',
  },
  *check(subject) {
    const base = finalBase(subject);
    const from = shippedStages(subject)[0]?.from;
    if (base?.kind === 'unknown') yield { cannotTell: `Which image is shipped on: ${base.why}` };
    if (base?.kind !== 'image' || from === undefined) return;
    const { registry, repository, name, tag } = base.reference;
    if (registry !== 'docker.io' || repository !== `library/${name}` || !HAS_SLIM.has(name)) return;
    if (tag === undefined && base.reference.digest !== undefined) return;
    if (!TRIMMED.test(tag ?? '')) {
      yield {
        at: from.image.span,
        message: `${name}${tag === undefined ? '' : `:${tag}`} is the full image; its slim variant serves a program that only runs.`,
      };
    }
  },
});
