/**
 * The session of a build: the door through which the builder asks back, for the value of a secret and for the login of a
 * registry. Without one the builder can pull nothing that is answered with 401, and Docker Hub always begins with that.
 *
 * It is a gRPC server on the engine's own connection (POST /session, upgraded to HTTP/2); three calls without streams are all
 * of it, so it is spoken here by hand. The library's session gives one password to every host; this one gives each host its
 * own and nothing else, and a secret by its id alone. Measured: without the health answer the builder hangs up.
 */
import { randomBytes } from 'node:crypto';
import { performServerHandshake } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import protobuf from 'protobufjs';
import { z } from 'zod';
import type { RegistryLogins } from '../../use-cases/engine-port.ts';
import type { Client } from './client.ts';
import { dialUpgrade } from './dial.ts';

/** What the builder may ask for. */
export interface SessionAnswers {
  readonly secrets: Readonly<Record<string, string>>;
  readonly registries: RegistryLogins;
}

/** An open session; `id` goes with the build. */
export interface Session {
  readonly id: string;
  close(): void;
}

/** Source: moby/buildkit session/secrets/secrets.proto, session/auth/auth.proto; grpc health/v1. */
const messages = protobuf.parse(
  `syntax = "proto3";
  message Id { string id = 1; }
  message Secret { bytes data = 1; }
  message Host { string host = 1; }
  message Login { string username = 1; string secret = 2; }
  message Health { int32 status = 1; }`,
).root;

/** Longest question that is believed: ids and hosts are short. */
const MAX_QUESTION = 64 * 1024;
/** Status of gRPC. */
const OK = 0;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

type Reply =
  | { readonly status: typeof OK; readonly body: Uint8Array }
  | { readonly status: number; readonly message: string };
type Method = (question: Uint8Array) => Reply;

/** Opens a session and answers until it is closed or the engine hangs up. Throws like `Ask`. */
export async function openSession(client: Client, answers: SessionAnswers, signal: AbortSignal): Promise<Session> {
  const id = randomBytes(16).toString('hex');
  const methods = methodsOf(answers);
  const socket = await client.ask(
    { to: 'open a session for a build', reads: z.instanceof(Duplex), signal },
    async (abortSignal) =>
      dialUpgrade(client.docker, {
        to: 'open a session for a build',
        path: '/session',
        headers: {
          Upgrade: 'h2c',
          'X-Docker-Expose-Session-Uuid': id,
          'X-Docker-Expose-Session-Name': 'drydock',
          'X-Docker-Expose-Session-Grpc-Method': [...methods.keys()],
        },
        signal: abortSignal,
      }),
  );
  // A session that breaks ends the build with the builder's own words; there is nobody here to tell.
  socket.on('error', () => undefined);
  const connection = performServerHandshake(socket);
  connection.on('error', () => undefined);
  connection.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    answer(stream, methods.get(String(headers[':path'])));
  });
  return {
    id,
    close: () => {
      connection.destroy();
      socket.destroy();
    },
  };
}

function methodsOf({ secrets, registries }: SessionAnswers): ReadonlyMap<string, Method> {
  // Maps, because a name that every object has is no name of a secret.
  const values = new Map(Object.entries(secrets));
  const logins = new Map(Object.entries(registries));
  return new Map<string, Method>([
    ['/grpc.health.v1.Health/Check', () => ok('Health', { status: 1 })],
    [
      '/moby.buildkit.secrets.v1.Secrets/GetSecret',
      (question) => {
        const { id } = z.object({ id: z.string() }).parse(read('Id', question));
        const value = values.get(id);
        if (value === undefined) return { status: NOT_FOUND, message: `secret ${id}: not found` };
        return ok('Secret', { data: Buffer.from(value) });
      },
    ],
    [
      '/moby.filesync.v1.Auth/Credentials',
      (question) => {
        const { host } = z.object({ host: z.string() }).parse(read('Host', question));
        const login = logins.get(hostOf(host));
        // Empty: nobody in particular.
        return ok('Login', { username: login?.username ?? '', secret: login?.password ?? '' });
      },
    ],
  ]);
}

/** The builder asks for Docker Hub by the name of its machine. */
function hostOf(asked: string): string {
  return asked === 'registry-1.docker.io' || asked === 'index.docker.io' ? 'docker.io' : asked.toLowerCase();
}

function read(type: string, question: Uint8Array): unknown {
  const message = messages.lookupType(type);
  return message.toObject(message.decode(question), { defaults: true });
}

function ok(type: string, reply: Record<string, unknown>): Reply {
  const message = messages.lookupType(type);
  return { status: OK, body: message.encode(message.fromObject(reply)).finish() };
}

/** One call: a message behind five bytes (a flag, its length), answered the same way, the status at the end. */
function answer(stream: ServerHttp2Stream, method: Method | undefined): void {
  const chunks: Buffer[] = [];
  let held = 0;
  stream.on('data', (chunk: Buffer) => {
    held += chunk.length;
    if (held > MAX_QUESTION) stream.close();
    else chunks.push(chunk);
  });
  stream.on('end', () => {
    if (stream.destroyed) return;
    const reply = replyTo(method, Buffer.concat(chunks).subarray(5));
    const head = { ':status': 200, 'content-type': 'application/grpc' };
    if (!('body' in reply)) {
      stream.respond(
        { ...head, 'grpc-status': String(reply.status), 'grpc-message': encodeURIComponent(reply.message) },
        { endStream: true },
      );
      return;
    }
    stream.respond(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(OK) }));
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(reply.body.length, 1);
    stream.end(Buffer.concat([prefix, reply.body]));
  });
}

function replyTo(method: Method | undefined, question: Uint8Array): Reply {
  if (method === undefined) return { status: UNIMPLEMENTED, message: 'Drydock does not answer this.' };
  try {
    return method(question);
  } catch {
    return { status: 3, message: 'The question cannot be read.' };
  }
}
