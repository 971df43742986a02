/** The yardstick of start: a Fastify with one route, on the port of DRYDOCK_PORT. */
import { fastify } from 'fastify';

const app = fastify();
app.get('/health/live', () => ({ status: 'ok' }));
await app.listen({ host: '127.0.0.1', port: Number(process.env['DRYDOCK_PORT']) });
