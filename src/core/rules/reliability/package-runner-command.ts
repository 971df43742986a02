/** Rule: npm, yarn or pnpm stands between the signal and the program. */
import { finalBase } from '../questions/ask.ts';
import { systemShell } from '../tables/base-images.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { packageScriptName, packageScriptOf } from '../questions/package-scripts.ts';
import { startedCommands } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';
import { outerCommand } from '../questions/start.ts';

export default defineRule({
  id: 'package-runner-command',
  item: 'signal-handling',
  severity: 'warning',
  title: 'Program started by a package runner',
  why: 'npm, yarn and pnpm start scripts under a shell of their own and signal that shell, not the program. On Debian and Ubuntu the shell dies, the runner ends with it, and the application is killed in the middle of its requests without having heard of anything.',
  fix: 'Start the program itself: `CMD ["node", "server.js"]`.',
  source:
    'Node.js Docker best practices, "CMD". Measured: npm 11.19 over dash 0.5.12, SIGTERM to npm: `sh -c` dies, npm ends, node never gets a signal.',
  aliases: [],
  examples: {
    bad: 'FROM node:24-slim\nCMD ["npm", "start"]\n',
    good: 'FROM node:24-slim\nCMD ["node", "server.js"]\n',
  },
  provenBy: 'stops-on-signal',
  *check(subject) {
    const outer = outerCommand(subject);
    if (outer === undefined) return;
    const values = outer.words;
    const program = programOf(values[0]);
    const isNpx = program === 'npx';
    const name = packageScriptName(values);
    if (name === undefined && !isNpx) return;
    // `bun run src/index.ts` runs the file itself.
    if (program === 'bun' && /[./]/.test(name ?? '')) return;
    if (
      startedCommands(subject).some(({ launchers }) => launchers.includes('exec') && launchers.includes(program ?? ''))
    )
      return;
    const text = packageScriptOf(values, subject);
    // Of yarn and pnpm any word may be a command of their own.
    if (
      !isNpx &&
      text === undefined &&
      !/^(?:start|serve|dev|prod|production|preview|server|run|web|worker)(?::.*)?$/.test(name ?? '') &&
      !values.includes('run')
    )
      return;
    const base = finalBase(subject);
    const isDash = base?.kind === 'image' && systemShell(base.reference) === 'dash';
    const isSure = isDash && (program === 'npm' || isNpx);
    yield {
      at: outer.instruction.span,
      severity: isSure ? 'error' : 'warning',
      confidence: isSure ? 'high' : 'medium',
      message:
        `${program} ${isNpx ? '' : `runs the script ${(name ?? '').slice(0, 60)} and `}stands between SIGTERM and the program.`.replace(
          '  ',
          ' ',
        ),
    };
  },
});
