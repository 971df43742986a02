/** Rule: a Node.js service whose image does not say that it is production. */
import { finalStage, knownFinalBase } from '../questions/ask.ts';
import { serverOf } from '../questions/listening.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { mainCommand } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'node-env-unset',
  item: 'no-dev-dependencies',
  severity: 'info',
  title: 'Node.js service without NODE_ENV',
  why: 'Express and many packages take no NODE_ENV for development: templates are compiled at each request, stack traces go to the client, caches stay off.',
  fix: 'Say it in the image: `ENV NODE_ENV=production`.',
  source:
    'Express documentation, "Production best practices: performance and reliability", Set NODE_ENV to production.',
  aliases: [],
  examples: {
    bad: 'FROM node:24-slim\nCMD ["node", "server.js"]\n',
    good: 'FROM node:24-slim\nENV NODE_ENV=production\nCMD ["node", "server.js"]\n',
  },
  *check(subject) {
    const main = mainCommand(subject);
    // A base that nobody knows may set it.
    if (main === undefined || knownFinalBase(subject) === undefined) return;
    // Without a program it is a prompt.
    if (main.words.length < 2) return;
    const program = programOf(main.words[0]?.value) ?? '';
    const server = serverOf(main);
    const isNode =
      ['node', 'nest start', 'tsx'].includes(server?.name ?? '') || ['npm', 'yarn', 'pnpm'].includes(program);
    if (!isNode || finalStage(subject)?.state.env.has('NODE_ENV') === true || main.assignments.has('NODE_ENV')) return;
    yield { at: main.instruction.span, message: 'NODE_ENV is not set in the image.' };
  },
});
