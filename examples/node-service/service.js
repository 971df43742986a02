/**
 * Tells the time over HTTP, answers for its health, and stops when it is told to.
 *
 * SIGTERM: no new connections, running requests finish, exit code 0.
 */
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 8000);

const say = (message, fields = {}) => process.stdout.write(`${JSON.stringify({ message, ...fields })}\n`);

const server = createServer((request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
    say('answered', { method: request.method, url: request.url, status });
  };

  if (request.url === '/health') answer(200, { status: 'ok' });
  else if (request.url === '/') answer(200, { time: new Date().toISOString() });
  else answer(404, { error: `nothing at ${request.url}` });
});

const stop = (signal) => {
  say(`${signal}: stopping`);
  // close() ends idle connections too; the process ends by itself, with code 0, when the last request is answered
  server.close(() => say('stopped'));
  // whoever is still sending its request by then is cut off
  setTimeout(() => server.closeAllConnections(), 5000).unref();
};

process.once('SIGTERM', stop);
process.once('SIGINT', stop);

server.listen(port, '0.0.0.0', () => say(`listening on port ${port}`));
