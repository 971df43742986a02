/**
 * Asks a real BuildKit what it makes of a Dockerfile, without building anything.
 *
 * The engine lets its BuildKit be spoken to over `POST /grpc` (upgraded to HTTP/2), the door that buildx uses. The Dockerfile
 * travels inside the request, as a build step that writes files, so there is neither a session nor an upload.
 */
import { createHash, randomUUID } from 'node:crypto';
import http2 from 'node:http2';
import net from 'node:net';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(
  `syntax = "proto3";
  message Empty {}
  message Input { string digest = 1; int64 index = 2; }
  message MkFile { string path = 1; int32 mode = 2; bytes data = 3; int64 timestamp = 5; }
  message FileAction { int64 input = 1; int64 secondaryInput = 2; int64 output = 3; oneof action { MkFile mkfile = 5; } }
  message FileOp { repeated FileAction actions = 2; }
  message Op { repeated Input inputs = 1; oneof op { FileOp file = 4; } }
  message OpMetadata { map<string, bool> caps = 5; }
  message Definition { repeated bytes def = 1; map<string, OpMetadata> metadata = 2; }
  message SolveRequest { string Ref = 1; Empty Cache = 8; }
  message GatewayRequest {
    string Frontend = 2; map<string, string> FrontendOpt = 3; bool allowResultReturn = 5; bool allowResultArrayRef = 6;
    map<string, Definition> FrontendInputs = 13;
  }
  message Result { map<string, bytes> metadata = 10; }
  message GatewayResponse { Result result = 3; }
  message ReturnRequest { Result result = 1; }`,
  { keepCase: true },
);

/** What BuildKit says of a file: the stages, or the reason why it refuses it. */
export type Answer = { readonly ok: Readonly<Record<string, unknown>> } | { readonly refused: string };

/** The questions that the frontend answers without building. */
export type Question = 'targets' | 'outline' | 'lint';

/** A connection to the BuildKit inside an engine. End it with `close`. */
export class BuildKit {
  readonly #session: http2.ClientHttp2Session;

  private constructor(session: http2.ClientHttp2Session) {
    this.#session = session;
  }

  /** Connects to the engine behind a Unix socket. */
  static async connect(socketPath: string): Promise<BuildKit> {
    const socket = await upgraded(socketPath);
    return new BuildKit(http2.connect('http://buildkit', { createConnection: () => socket }));
  }

  close(): void {
    this.#session.destroy();
  }

  /** Asks about a Dockerfile, given as the bytes of its file. `options` are the frontend's own, such as `target` and `build-arg:NAME`. */
  async ask(
    question: Question,
    dockerfile: Uint8Array,
    options: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const ref = randomUUID().replaceAll('-', '');
    const solving = this.#call('/moby.buildkit.v1.Control/Solve', 'SolveRequest', { Ref: ref, Cache: {} }).catch(
      () => undefined,
    );
    const headers = { 'buildkit-controlapi-buildid': ref };
    await this.#ready(headers);
    try {
      const input = fileDefinition('Dockerfile', dockerfile);
      const reply = await this.#call(
        '/moby.buildkit.v1.frontend.LLBBridge/Solve',
        'GatewayRequest',
        {
          Frontend: 'dockerfile.v0',
          FrontendOpt: {
            requestid: `frontend.${question}`,
            'frontend.caps': 'moby.buildkit.frontend.subrequests',
            filename: 'Dockerfile',
            // Keeps a foreign frontend that `# syntax=` names from being pulled and run.
            cmdline: 'none',
            ...options,
          },
          allowResultReturn: true,
          allowResultArrayRef: true,
          FrontendInputs: { dockerfile: input, context: input },
        },
        headers,
      );
      return { ok: resultOf(reply) };
    } catch (error) {
      return { refused: error instanceof Error ? error.message : String(error) };
    } finally {
      await this.#call('/moby.buildkit.v1.frontend.LLBBridge/Return', 'ReturnRequest', { result: {} }, headers).catch(
        () => undefined,
      );
      await solving;
    }
  }

  /** The build has to be known to BuildKit before it can be asked anything. */
  async #ready(headers: http2.OutgoingHttpHeaders): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#call('/moby.buildkit.v1.frontend.LLBBridge/Ping', 'Empty', {}, headers);
        return;
      } catch (error) {
        if (attempt === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  #call(path: string, type: string, message: object, headers: http2.OutgoingHttpHeaders = {}): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const body = root.lookupType(type).encode(root.lookupType(type).fromObject(message)).finish();
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const chunks: Buffer[] = [];
    let status: http2.IncomingHttpHeaders = {};
    stream.on('response', (response) => (status = { ...status, ...response }));
    stream.on('trailers', (trailers) => (status = { ...status, ...trailers }));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      if (status['grpc-status'] === '0') resolve(Buffer.concat(chunks));
      else reject(new Error(decodeURIComponent(String(status['grpc-message'] ?? 'the stream was closed'))));
    });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([prefix, body]));
    return promise;
  }
}

/** The build steps that make a folder with one file: its content is in the step itself. */
function fileDefinition(path: string, data: Uint8Array): object {
  const encode = (message: object): Uint8Array =>
    root.lookupType('Op').encode(root.lookupType('Op').fromObject(message)).finish();
  const mkfile = { path: `/${path}`, mode: 0o644, data, timestamp: -1 };
  const step = encode({ file: { actions: [{ input: -1, secondaryInput: -1, output: 0, mkfile }] } });
  const digest = `sha256:${createHash('sha256').update(step).digest('hex')}`;
  const end = encode({ inputs: [{ digest, index: 0 }] });
  return { def: [step, end], metadata: { [digest]: { caps: { 'file.base': true } } } };
}

function resultOf(reply: Buffer): Readonly<Record<string, unknown>> {
  const message: { result?: { metadata?: Record<string, Uint8Array> } } = root
    .lookupType('GatewayResponse')
    .toObject(root.lookupType('GatewayResponse').decode(reply.subarray(5)), { bytes: Buffer });
  const json = message.result?.metadata?.['result.json'];
  const value: unknown = json === undefined ? {} : JSON.parse(Buffer.from(json).toString('utf8'));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A socket on which the engine speaks HTTP/2 from now on. */
function upgraded(socketPath: string): Promise<net.Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<net.Socket>();
  const socket = net.connect(socketPath);
  let head = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    socket.off('data', read);
    socket.pause();
    const status = head.subarray(0, head.indexOf('\r\n')).toString('latin1');
    if (!/ (101|200) /.test(`${status} `)) return reject(new Error(`The engine does not open its BuildKit: ${status}`));
    if (head.length > end + 4) socket.unshift(head.subarray(end + 4));
    resolve(socket);
  };
  socket.on('data', read);
  socket.on('error', reject);
  socket.write(
    'POST /grpc HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n',
  );
  return promise;
}
