/** Rule: a service that does not say which port it listens on. */
import { finalStage, knownFinalBase } from '../questions/ask.ts';
import { serverOf } from '../questions/listening.ts';
import { mainCommand } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'expose-missing',
  item: 'port-documented',
  severity: 'warning',
  title: 'No EXPOSE for the port',
  why: 'Whoever deploys the image has to read its source to learn the port. Tools that wire containers together (proxies, Compose, test harnesses) find nothing to connect to.',
  fix: 'Name the port it listens on: `EXPOSE 8000`.',
  source: 'Lessons, "The readiness checklist".',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD ["python", "app.py"]\n',
    good: 'FROM nginx:1.27\nCOPY site /usr/share/nginx/html\n',
  },
  *check(subject) {
    const stage = finalStage(subject);
    if (stage === undefined || stage.state.exposed.length > 0) return;
    const main = mainCommand(subject);
    // A worker of Celery fetches its work, and listens nowhere.
    if (main !== undefined && serverOf(main)?.name === 'celery') return;
    const known = knownFinalBase(subject);
    if (known === undefined) {
      yield { cannotTell: 'No EXPOSE stands here, and whether the base image exposes a port is not known.' };
    } else if (!known.exposes) {
      yield { at: undefined, message: 'The final stage exposes no port.' };
    }
  },
});
