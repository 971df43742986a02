/**
 * What the builder's last word says of the cause. Only its own sentences are read here: what a command printed stands in the
 * log. Sources: moby/buildkit, and the messages of engine 28 as they came (test/core/failure/explain.engine.test.ts).
 */
import type { Explanation, FailureSeen } from './types.ts';
import { noProgram } from './output.ts';
import { instructionAt, missingSource } from './scene.ts';
import type { FailureScene } from './scene.ts';

/** The builder could not reach what it asked. */
const UNREACHABLE =
  /no such host|dial tcp|connection refused|connection reset|network is unreachable|i\/o timeout|TLS handshake|x509:|Client\.Timeout|request canceled while waiting|server misbehaving|temporary failure|unexpected EOF|context deadline exceeded/i;
const REFUSED =
  /\b(?:401|403|429)\b|unauthorized|authentication required|no basic auth credentials|toomanyrequests|too many requests|access to the resource is denied|failed to (?:authorize|fetch (?:oauth|anonymous) token)|insufficient_scope/i;
const ABSENT = /not found|manifest unknown|name unknown|repository does not exist/i;

/** The Dockerfile cannot be read, or its stages cannot be put together. */
const UNREADABLE =
  /^(?:failed to create LLB definition: )?(?:dockerfile parse error|failed to (?:process|parse|expand|convert)|base name \(|no build stage|the Dockerfile cannot be empty|target stage |unterminated heredoc|circular dependency|invalid (?:reference format|from flag|field|value|flag|containerPort|stage name|name for build stage)|unknown (?:flag|instruction)|unexpected |duplicate |Dockerfile parse error|file with no instructions|cannot copy from stage|No image was generated)|Dockerfile parse error|invalid reference format|no build stage in current context|lint violation found|unexpected end of statement|unknown flag/i;

/** Frontends that understand what the engine's own does; the others may know more. */
const STANDARD_FRONTEND = /^(?:docker\.io\/)?docker\/dockerfile(?::(?:latest|1(?:\.\d+){0,2}))?(?:@\S+)?$/;

/** What the message explains; `undefined` when it is about a command that failed, or about nothing that is known. */
export function ofMessage(seen: FailureSeen, scene: FailureScene): Explanation | undefined {
  const { message } = seen;
  return (
    secret(message) ?? image(seen, scene) ?? syntax(seen, scene) ?? file(seen, scene) ?? refusal(message) ?? limit(seen)
  );
}

function secret(message: string): Explanation | undefined {
  const [, id] = /\bsecret ([\w.-]{1,200}): not found$/.exec(message) ?? [];
  if (id !== undefined) {
    return {
      cause: 'missing-secret',
      advice: `The step needs the secret ${id}, and it was not given. Send its value in the option \`secrets\` under the name ${id}.`,
    };
  }
  if (!/ssh forward key|no SSH key/i.test(message)) return undefined;
  return {
    cause: 'missing-secret',
    advice: 'The step needs an SSH agent, and Drydock forwards none. Use a secret: RUN --mount=type=secret,id=…',
  };
}

function image({ message, line }: FailureSeen, scene: FailureScene): Explanation | undefined {
  const [, asked, rest] = /failed to resolve source metadata for (\S{1,500}?): ([^]*)$/.exec(message) ?? [];
  const resolved = asked ?? /(?:(?<!matching )manifest for|pull access denied for) ([^\s,]{1,500})/.exec(message)?.[1];
  const reason = rest ?? message;
  const isAbout =
    resolved !== undefined ||
    /^Get "?https?:\/\/[^/]+\/v2\/|^unauthorized: |^no matching manifest|image operating system/.test(message);
  if (!isAbout) return undefined;
  const name =
    resolved === undefined ? 'The image' : `The image ${resolved.replace(/^docker\.io\/(?:library\/)?/, '')}`;
  if (/no match(?:ing manifest)? for (?:platform|linux|windows)|operating system/.test(reason)) {
    return {
      cause: 'image-not-found',
      advice: `${name} does not exist for the platform that is built for. Choose another tag, or another option \`platform\`.`,
    };
  }
  if (/repository does not exist or may require/i.test(reason)) {
    return {
      cause: 'image-not-found',
      advice: `${name} does not exist at its registry, or it is private. Look at its spelling; for a private one send a login in the option \`registries\`.`,
    };
  }
  if (REFUSED.test(withoutAddresses(reason))) {
    const isMany = /\b429\b|too ?many ?requests/i.test(reason);
    return {
      cause: 'registry-refused',
      advice: isMany
        ? `${name} was refused because too much was pulled lately. Wait, or send a login in the option \`registries\`.`
        : `${name} was refused by its registry. Send a login for that host in the option \`registries\`, one that may read the image.`,
    };
  }
  if (UNREACHABLE.test(reason)) {
    return {
      cause: 'network',
      advice: `${name} could not be asked for, because its registry is not reachable from the engine. ${stageHint(line, scene)}Look at the name of the host and at the network of the engine.`,
    };
  }
  if (!ABSENT.test(reason)) return undefined;
  return {
    cause: 'image-not-found',
    advice: `${name} does not exist at its registry. ${stageHint(line, scene)}Look at the name and the tag.`,
  };
}

/** Ports and tags may look like a status. */
function withoutAddresses(text: string): string {
  return text.replaceAll(/"?https?:\/\/\S+/g, '').replaceAll(/[\w.[\]-]+:\d{1,5}\S*/g, '');
}

/** A name that no stage has is looked up as an image. */
function stageHint(line: number | null, scene: FailureScene): string {
  const found = instructionAt(scene, line);
  const name =
    found?.keyword === 'COPY' ? found.from?.value : found?.keyword === 'FROM' ? found.image.value : undefined;
  return name !== undefined && /^[\w-]+$/.test(name) && found?.keyword === 'COPY'
    ? `No stage is called ${name}, so it was taken for an image. `
    : '';
}

function syntax({ message, line }: FailureSeen, { dockerfile }: FailureScene): Explanation | undefined {
  if (!UNREADABLE.test(message)) return undefined;
  const frontend = dockerfile.directives.find(({ name }) => name === 'syntax')?.value;
  if (frontend !== undefined && !STANDARD_FRONTEND.test(frontend)) {
    return {
      cause: 'foreign-frontend',
      advice: `The Dockerfile is written for the frontend ${frontend.slice(0, 200)}, which Drydock does not run; the builder's own cannot read it: ${short(message)}. Write it for docker/dockerfile:1.`,
    };
  }
  if (/lint violation/.test(message)) {
    return {
      cause: 'syntax',
      advice: `The Dockerfile asks that the builder's own checks stop the build (# check=error=true), and they found something: ${short(message)}.`,
    };
  }
  const [, target] = /target stage "?([^"\s]+)"? could not be found/.exec(message) ?? [];
  if (target !== undefined) {
    const names = dockerfile.stages.flatMap(({ name }) => (name === undefined ? [] : [name]));
    return {
      cause: 'syntax',
      advice: `No stage is called ${target}. ${names.length === 0 ? 'None has a name: write FROM … AS NAME.' : `There are: ${names.slice(0, 20).join(', ')}.`}`,
    };
  }
  const [, name] = /failed to parse stage name "([^"]*)"/.exec(message) ?? [];
  if (name !== undefined || /invalid reference format/.test(message)) {
    const which =
      name === undefined ? 'An image name' : `${name === '' ? 'An empty text' : name} is not an image name; it`;
    return {
      cause: 'syntax',
      advice: /lowercase/.test(message)
        ? `${which} has to be in lower case.`
        : `${which} cannot be read. A variable in it may be empty: give its ARG a default above the first FROM.`,
    };
  }
  const own = dockerfile.problems.find((problem) => line === null || problem.span.start.line === line);
  const at = line ?? own?.span.start.line;
  return {
    cause: 'syntax',
    advice: `The Dockerfile cannot be read${at === undefined ? '' : ` at line ${at}`}: ${short(own?.message ?? message)}.`,
  };
}

function file({ message, line }: FailureSeen, scene: FailureScene): Explanation | undefined {
  const [, path] =
    /failed to calculate checksum of ref [^"]*"([^"]{1,4096})": not found$/.exec(message) ??
    /\blstat (\/\S{0,4096}): no such file or directory$/.exec(message) ??
    /^(?:COPY|ADD) failed: .*?stat (\S{1,4096}?)(?::|$)/.exec(message) ??
    [];
  const [, status] = /invalid response status (\d{3})/.exec(message) ?? [];
  if (status !== undefined) {
    const isGone = status === '404' || status === '410';
    return {
      cause: isGone ? 'missing-file' : 'network',
      advice: isGone
        ? `The address of ADD answers ${status}: there is nothing there any more. Mend the address.`
        : `The address of ADD answers ${status} instead of the file.`,
    };
  }
  if (path === undefined) return undefined;
  const found = instructionAt(scene, line);
  const source =
    found?.keyword === 'COPY'
      ? found.source
      : found?.keyword === 'RUN'
        ? found.mounts.find(({ type, source: from }) => type === 'bind' && from !== undefined)?.source
        : undefined;
  if (source === undefined) return missingSource(path, scene);
  const from =
    source.kind === 'stage'
      ? `the stage ${source.stage.name ?? source.stage.index} (line ${source.stage.from.span.start.line})`
      : source.kind === 'image'
        ? `the image ${source.reference.name}`
        : 'what it is copied from';
  return {
    cause: 'missing-file',
    advice: `${path} is not in ${from}. Look at where that writes it: paths of another stage count from its root, not from its WORKDIR.`,
  };
}

function refusal(message: string): Explanation | undefined {
  const [, what] = /\b(network\.host|security\.insecure) is not allowed/.exec(message) ?? [];
  if (what !== undefined) {
    return {
      cause: 'permission-denied',
      advice: `The step asks for ${what === 'network.host' ? 'the network of the machine' : 'privileges'}, which the builder does not grant. Take the flag out of RUN.`,
    };
  }
  const [, program] =
    /exec: \\?"([^"\\]{1,200})\\?": (?:stat \S+: no such file|executable file not found)/.exec(message) ?? [];
  if (program !== undefined) return noProgram(program);
  const [, user] = /unable to find (?:user|group) (\S{1,200}?): no matching entries/.exec(message) ?? [];
  if (user === undefined) return undefined;
  return {
    cause: 'command-failed',
    advice: `There is no user or group ${user} in the image at this step. Create it before USER names it, or use its number.`,
  };
}

function limit({ message, exitCode }: FailureSeen): Explanation | undefined {
  if (/no space left on device|disk quota exceeded/i.test(message)) {
    return {
      cause: 'no-space',
      advice:
        "The engine's disk is full. Remove images and build cache there (docker system prune), or make the image smaller.",
    };
  }
  if (/\bmax depth exceeded$/.test(message)) {
    return {
      cause: 'too-many-layers',
      advice:
        'The image has more layers than an engine takes: about 125, those of the base among them. Join RUN, COPY and WORKDIR instructions, or build in one stage and COPY what comes of it into another.',
    };
  }
  if (/cannot allocate memory/i.test(message)) {
    return {
      cause: 'out-of-memory',
      advice:
        'The step used up the memory of the builder and was killed. Let it do less at a time, or give the engine more.',
    };
  }
  if (exitCode === null && UNREACHABLE.test(message)) {
    return {
      cause: 'network',
      advice: `The builder could not reach what the step needs: ${short(message)}. Look at the address and at the network of the engine.`,
    };
  }
  return undefined;
}

function short(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '').slice(0, 300);
}
