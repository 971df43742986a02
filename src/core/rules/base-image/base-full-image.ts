/** Rule: the image ships on a full language image where its slim variant serves. */
import { finalBase, shippedStages } from '../questions/ask.ts';
import { officialName } from '../tables/base-images.ts';
import { defineRule } from '../rule.ts';

/** Images whose untrimmed tag stands on buildpack-deps: compilers, headers and version control for a program that runs. */
const HAS_SLIM = new Set(['python', 'node', 'ruby', 'perl', 'openjdk', 'elixir', 'erlang']);
/** Toolchains: what they build runs on something else. */
const ONLY_BUILDS = new Set(['golang', 'rust']);
/** A development kit, on whichever system, unless the tag says that it is the runtime alone. */
const HAS_RUNTIME = new Set(['eclipse-temurin', 'sapmachine', 'ibm-semeru-runtimes']);
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
    const { name, tag, digest } = base.reference;
    const official = officialName(base.reference) ?? '';
    if (tag === undefined && digest !== undefined) return;
    const isTrimmed = TRIMMED.test(tag ?? '');
    const image = `${name}${tag === undefined ? '' : `:${tag}`}`;
    if (HAS_SLIM.has(official) && !isTrimmed) {
      yield {
        at: from.image.span,
        message: `${image} is the full image; its slim variant serves a program that only runs.`,
      };
    } else if (HAS_RUNTIME.has(official) && !/(?:^|-)jre/.test(tag ?? '')) {
      yield {
        at: from.image.span,
        message: `${image} is the development kit; its \`jre\` variant serves a program that only runs.`,
      };
    } else if (ONLY_BUILDS.has(official) && !isTrimmed) {
      yield { at: from.image.span, message: `${image} is a whole toolchain; what it builds needs none of it to run.` };
    }
  },
});
