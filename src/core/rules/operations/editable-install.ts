/** Rule: the project is installed as a link to its source. */
import { isShipped } from '../questions/ask.ts';
import { installs, mayBeSkipped } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'editable-install',
  item: 'no-dev-dependencies',
  severity: 'info',
  title: 'The project is installed in editable mode',
  why: 'An editable install is a link to the source folder, made for editing it. The image then needs the whole checkout at that path, and copying the environment alone into another stage brings a link that leads nowhere.',
  fix: 'Install it as a package: `pip install .`.',
  source: 'pip docs, Local project installs: Editable installs; uv docs, Using uv in Docker: Non-editable installs.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCOPY . .\nRUN pip install --no-cache-dir -e .\n',
    good: 'FROM python:3.12-slim\nCOPY . .\nRUN pip install --no-cache-dir .\n',
  },
  *check(subject) {
    for (const install of installs(subject)) {
      if (!['pip', 'uv pip'].includes(install.manager.id) || !isShipped(subject, install.stage)) continue;
      if (mayBeSkipped(install)) continue;
      const project = install.given.find(
        ({ name, value }) => (name === '-e' || name === '--editable') && value !== undefined && /^[./]/.test(value),
      );
      if (project === undefined) continue;
      yield { at: install.span, message: `${project.value} is installed as a link to its source.` };
    }
  },
});
