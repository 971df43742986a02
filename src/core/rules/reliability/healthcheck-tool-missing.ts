/** Rule: a HEALTHCHECK that calls a tool which the final image does not have. */
import { shellCommands } from '../../dockerfile/shell/shell.ts';
import { finalStage } from '../questions/ask.ts';
import { lacks } from '../questions/image-tools.ts';
import type { Tool } from '../questions/image-tools.ts';
import { effectiveWords } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'healthcheck-tool-missing',
  item: 'healthcheck',
  severity: 'error',
  title: 'HEALTHCHECK with a tool that is not in the image',
  why: 'The test ends with "not found", which counts as a no: every container is called unhealthy, whatever the service does, and is restarted or taken out of service.',
  fix: 'Install it (`apt-get install -y --no-install-recommends curl`), or ask with what is there: `python -c "…urlopen…"`, `node -e "…"`, `wget -q --spider` on Alpine.',
  source:
    'Lessons, "Health": slim images have neither curl nor wget, Alpine has the wget of busybox, distroless has nothing at all.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost:8000/health\n',
    good: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nHEALTHCHECK CMD curl -f http://localhost:8000/health\n',
  },
  provenBy: 'turns-healthy',
  *check(subject) {
    const healthcheck = finalStage(subject)?.state.healthcheck;
    if (healthcheck?.command === undefined) return;
    const noShell = healthcheck.command.form === 'shell' ? lacks(subject, 'sh') : undefined;
    if (noShell !== undefined) {
      yield {
        at: healthcheck.span,
        message: `The check is in shell form, and ${noShell} has no shell: it always fails.`,
      };
      return;
    }
    const commands = shellCommands(healthcheck.command);
    const programs = commands.map((command) => effectiveWords(command)[0]);
    // Where one tool stands in for another, it is enough that one of them is there.
    if (
      commands.some(
        ({ joinedBy, name }, index) => index > 0 && joinedBy === '||' && !/^(?:exit|false|kill)$/.test(name ?? ''),
      )
    )
      return;
    for (const program of programs) {
      if (program === undefined || !isTool(program)) continue;
      const base = lacks(subject, program === 'netcat' ? 'nc' : program);
      if (base === undefined) continue;
      yield {
        at: healthcheck.span,
        message: `The check calls ${program}, which ${base} does not have and nothing here installs.`,
      };
      return;
    }
  },
});

function isTool(program: string): program is Tool | 'netcat' {
  return ['curl', 'wget', 'nc', 'netcat'].includes(program);
}
