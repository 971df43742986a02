/** Rule: a server whose port is fixed although PORT says it. */
import { listeners } from '../questions/listening.ts';
import { mainCommand, placeOf } from '../questions/start-commands.ts';
import { finalStage } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'port-not-from-environment',
  item: 'port-documented',
  severity: 'warning',
  title: 'Fixed port although PORT says it',
  why: 'Cloud Run tells the container by PORT where to listen and sends requests there, 8080 unless it is set otherwise. A server on another port never gets one, and the revision fails to start.',
  fix: 'Read it: `CMD exec uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}`.',
  source: 'Cloud Run documentation, "Container runtime contract", Listening for requests on the correct port.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nENV PORT=8080\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n',
    good: 'FROM python:3.12-slim\nENV PORT=8080\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8080"]\n',
  },
  *check(subject) {
    const wanted = finalStage(subject)?.state.env.get('PORT');
    if (subject.profile !== 'cloud-run' && wanted === undefined) return;
    const main = mainCommand(subject);
    const listener = listeners(subject).find(({ started }) => started === main);
    // Where the image says nothing, 8080 is found until somebody sets another port.
    if (listener?.port === undefined || listener.port.by === 'variable') return;
    if (listener.port.value === (wanted ?? '8080')) return;
    yield {
      ...placeOf(listener.started),
      message: `${listener.server.name} listens on ${listener.port.value}, whatever PORT says${wanted === undefined ? '' : `, which is ${wanted.slice(0, 10)} here`}.`,
    };
  },
});
