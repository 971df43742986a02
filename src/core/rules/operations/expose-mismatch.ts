/** Rule: EXPOSE names another port than the one the server listens on. */
import { finalStage } from '../questions/ask.ts';
import { exposedPorts, listeners } from '../questions/listening.ts';
import { mainCommand } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'expose-mismatch',
  item: 'port-documented',
  severity: 'warning',
  title: 'EXPOSE of a port that nothing listens on',
  why: 'Tools that read EXPOSE (proxies, Compose, `docker run -P`, test harnesses) connect to a closed port, and the port that does serve is not written down anywhere.',
  fix: 'Let both say the same: `EXPOSE 8000` with `--port 8000`.',
  source: 'Dockerfile reference, EXPOSE: it is documentation between who builds the image and who runs it.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nEXPOSE 5000\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n',
    good: 'FROM python:3.12-slim\nEXPOSE 8000\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n',
  },
  *check(subject) {
    const exposed = exposedPorts(subject);
    const main = mainCommand(subject);
    const listener = listeners(subject).find(({ started }) => started === main);
    const port = listener?.port;
    if (exposed === undefined || exposed.length === 0 || listener === undefined || port === undefined) return;
    const number = Number(port.value);
    if (!Number.isInteger(number) || exposed.some(({ from, to }) => from <= number && number <= to)) return;
    const names = exposed.slice(0, 10).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
    yield {
      at: finalStage(subject)?.state.exposed[0]?.span,
      confidence: port.by === 'written' ? 'high' : 'medium',
      message: `${listener.server.name} listens on ${number}${port.by === 'default' ? ' by default' : ''}, EXPOSE names ${names.join(', ')}.`,
    };
  },
});
