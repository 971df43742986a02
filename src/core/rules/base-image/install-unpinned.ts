/** Rule: a package of a language is installed by its name, in whichever version is newest. */
import { isShipped } from '../questions/ask.ts';
import { installs, isGiven } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

/** How each package manager writes a version behind a name. */
const VERSIONED: ReadonlyMap<string, RegExp> = new Map([
  ['pip', /[=<>~!@]/],
  ['uv pip', /[=<>~!@]/],
  ['npm', /^.+@(?!latest$|next$)./],
  ['yarn', /^.+@(?!latest$|next$)./],
  ['pnpm', /^.+@(?!latest$|next$)./],
  ['bun', /^.+@(?!latest$|next$)./],
  ['gem', /:/],
]);
/** What installs the others; its version hardly matters to them. */
const TOOLS = new Set(['pip', 'setuptools', 'wheel', 'bundler', 'npm']);
const NOT_A_NAME = /^[./~]|^[^@]*\/|^file:|:\/\/|^git[+@:]|\.(?:whl|tgz|zip|gz|txt|gem)$|[*$]/;

export default defineRule({
  id: 'install-unpinned',
  item: 'reproducible',
  severity: 'info',
  title: 'A package without a version',
  why: 'Each build takes whatever is newest that day. The same Dockerfile gives another image tomorrow, and a release with a mistake is in production before anybody chose it.',
  fix: 'Name the version: `pip install gunicorn==23.0.0`, `npm install -g serve@14.2.4`; better, put it into the manifest and its lock file.',
  source: 'pip docs, Repeatable installs; npm docs, npm-install.',
  aliases: ['DL3013', 'DL3016', 'DL3028'],
  examples: {
    bad: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\n',
    good: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir flask==3.1.0\n',
  },
  *check(subject) {
    for (const install of installs(subject)) {
      if (!isShipped(subject, install.stage)) continue;
      const names = unpinned(install);
      if (names.length === 0) continue;
      const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
      yield { at: install.span, message: `No version is named for ${names.slice(0, 5).join(', ')}${more}.` };
    }
  },
});

function unpinned(install: Install): readonly string[] {
  const versioned = VERSIONED.get(install.manager.id);
  // Constraints and `gem install -v` say the version elsewhere.
  const saysElsewhere = [
    { name: '-c' },
    { name: '--constraint' },
    { name: '--constraints' },
    { name: '-v' },
    { name: '--version' },
    // From files that were brought along.
    { name: '--no-index' },
  ];
  if (versioned === undefined || isGiven(install, saysElsewhere)) return [];
  if (install.manager.id === 'uv pip' && install.verb === 'sync') return [];
  return install.packages.flatMap((name) =>
    name === undefined || NOT_A_NAME.test(name) || versioned.test(name) || TOOLS.has(name) ? [] : [name],
  );
}
