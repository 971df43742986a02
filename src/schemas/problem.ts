/**
 * Errors as the world sees them: RFC 9457 problems. Every code stands once, here, with its title and help;
 * http/problems.ts gives each its status, and `GET /problems/{code}` serves the help.
 */
import { z } from 'zod';

interface ProblemEntry {
  readonly title: string;
  /** One sentence. */
  readonly when: string;
  /** What it means and what to do. */
  readonly help: string;
}

/** Of each problem its title (the same for every occurrence), when it comes, and what to do. The key is the code, for ever. */
export const problems = {
  'body-empty': {
    title: 'The request has no body',
    when: 'A body is needed, and none came.',
    help: 'Send the Dockerfile as text/plain, as JSON {"dockerfile": "..."}, as multipart/form-data, or a context as a tar or zip archive.',
  },
  'body-invalid': {
    title: 'The request cannot be read',
    when: 'A parameter, a header, the body or a part of it is not what this address takes.',
    help: 'The body, a header or a query parameter is not what the contract says. `errors` names each field and what is allowed there; GET /openapi.yaml has the whole contract.',
  },
  'media-type-unsupported': {
    title: 'The content type is not one this endpoint reads',
    when: 'The Content-Type names a format that this address does not read, or a charset other than UTF-8, or is missing, or the body is compressed.',
    help: 'POST /analyze reads text/plain, application/json, multipart/form-data, and archives as application/x-tar, application/gzip, application/zstd, application/zip or application/octet-stream; POST /build-verify reads text/plain, multipart/form-data and the same archives; POST /webhooks reads application/json.',
  },
  'transfer-coding-unsupported': {
    title: 'The body is sent in a coding that is not understood',
    when: 'The header Transfer-Encoding names something other than `chunked`.',
    help: 'The only transfer coding here is `chunked`. Leave others out: send the body as it is, and an archive packed by itself, for example as application/gzip.',
  },
  'dockerfile-not-text': {
    title: 'The Dockerfile is not text',
    when: 'What was sent as a Dockerfile has NUL bytes or is not UTF-8.',
    help: 'A Dockerfile is a text file. NUL bytes mean that an archive, an image or UTF-16 text was sent where a Dockerfile belongs. Send UTF-8, or the archive with its own content type.',
  },
  'dockerfile-too-large': {
    title: 'The Dockerfile is larger than the limit',
    when: 'The Dockerfile has more bytes than the operator allows.',
    help: 'DRYDOCK_MAX_DOCKERFILE_BYTES sets the limit. Dockerfiles are rarely larger than a few kilobytes: check that the right file was sent.',
  },
  'dockerfile-missing': {
    title: 'The context holds no Dockerfile',
    when: 'No file of the context can be meant as its Dockerfile.',
    help: 'Put a file named Dockerfile at the root of the context, or name its path: with the option `dockerfile`, on /analyze with `path`.',
  },
  'dockerfile-ambiguous': {
    title: 'The context holds several Dockerfiles',
    when: 'Several files of the context can be meant as its Dockerfile, and none was named.',
    help: 'Name the one that is meant: with the option `dockerfile`, on /analyze with `path`.',
  },
  'dockerignore-unreadable': {
    title: 'The ignore file cannot be read',
    when: 'The context has an ignore file that is no file, too large, or a link that leads nowhere.',
    help: 'Without it, files that it excludes would be built into the image, so nothing is done. It must be a file of the archive (a link to one is followed) of at most DRYDOCK_MAX_DOCKERFILE_BYTES.',
  },
  'project-file-invalid': {
    title: 'drydock.yaml cannot be used',
    when: 'The context has a drydock.yaml that is not YAML, or says something that is not allowed there.',
    help: 'The file at the root of the context says what a repository wants of Drydock: profile, target, port, health, policy … `detail` names the field; they are the options of the contract (BuildOptions), without build arguments and environment. Mend the file, or take it out of the context.',
  },
  'analysis-too-costly': {
    title: 'The analysis takes too long or too much memory',
    when: 'The thread that analyses was ended, because it took too long or too much memory.',
    help: 'Real Dockerfiles are analysed within a second. DRYDOCK_ANALYSIS_TIMEOUT_SECONDS sets how long one may take; `detail` says what was being done. Remove generated or repeated lines from the Dockerfile and the ignore file, and send fewer files: a .dockerignore that leaves out .git, node_modules and virtual environments, applied when packing, usually helps.',
  },
  'analysis-queue-full': {
    title: 'Too many analyses at the same time',
    when: 'As many analyses wait as may.',
    help: 'Analyses are worked on a few at a time, and enough are waiting already. Try again after the time in Retry-After.',
  },
  'upload-too-large': {
    title: 'The upload is larger than the limit',
    when: 'The upload has more bytes, as sent or unpacked, or more entries than the operator allows.',
    help: 'DRYDOCK_MAX_UPLOAD_BYTES (as sent), DRYDOCK_MAX_EXPANDED_BYTES (unpacked) and DRYDOCK_MAX_ENTRIES set the limits. A .dockerignore that leaves out .git, node_modules and virtual environments usually brings a context far below them; apply it when packing.',
  },
  'archive-broken': {
    title: 'The archive cannot be read to its end',
    when: 'The archive ended too early, is damaged, or is none that is known.',
    help: 'The archive is truncated, damaged, encrypted, or neither a tar (plain, gzip or zstd) nor a zip. Make it anew, for example: tar -C my-project -czf context.tgz .',
  },
  'archive-unsafe': {
    title: 'The archive holds an entry that is not accepted',
    when: 'An entry of the archive is of a kind, or has a path, that no build context needs.',
    help: 'Accepted are files, folders, symbolic links, and hard links to earlier files of the archive. Refused are absolute paths, paths with `..` that leave it, entries below a link, devices and pipes.',
  },
  'not-found': {
    title: 'There is nothing here',
    when: 'No address, report, build, project or check is called so, or it is not of a project of this token.',
    help: 'The address or the id is unknown. Ids come from the Location header and the links of an answer; ended builds and analyses may have been removed.',
  },
  'method-not-allowed': {
    title: 'This address does not know that method',
    when: 'The address is known, and takes other methods; the header Allow lists them.',
    help: 'GET /openapi.yaml lists what each address answers.',
  },
  'range-not-satisfiable': {
    title: 'There is nothing in that range',
    when: 'The header Range begins behind the last byte.',
    help: 'The range begins behind the end of what there is; Content-Range says how much that is. A log that still grows has more later.',
  },
  'report-not-ready': {
    title: 'The build has no report yet',
    when: 'The report of a build was asked for before the build ended, or the build ended without one.',
    help: 'The report is made when the build ends. Poll the build until its state is passed or failed.',
  },
  unauthorized: {
    title: 'A token is needed',
    when: 'The service has tokens, and the request has none of them.',
    help: 'Send `Authorization: Bearer <token>` with a token of the file that DRYDOCK_TOKENS_FILE names.',
  },
  'scope-missing': {
    title: 'The token is not for this',
    when: 'The token is known, and has none of the scopes of this address.',
    help: 'Each token has scopes: analyze, build, read, admin. `detail` names the one that is missing; the operator gives it in DRYDOCK_TOKENS_FILE.',
  },
  'project-forbidden': {
    title: 'The token is not for this project',
    when: 'The token is bound to projects, and this is none of them.',
    help: 'Each token may be bound to projects. Name one of them with the option `project`, or in drydock.yaml; the operator binds tokens in DRYDOCK_TOKENS_FILE.',
  },
  'rate-limited': {
    title: 'Too many requests',
    when: 'More requests came within a minute than one token, or one address, may send.',
    help: 'DRYDOCK_RATE_LIMIT sets how many requests a token, or an address, may send within a minute. Try again after the time in Retry-After; to follow a build use `?wait=30`, or /events, in place of many polls.',
  },
  'cross-origin-refused': {
    title: 'Requests from other web pages are refused',
    when: 'A browser says that the request comes from a page of another origin, or the host is a name that this service does not go by.',
    help: 'A browser sent this request from a page of another origin. Drydock starts builds, so it answers only its own page and clients that are not browsers.',
  },
  'engine-unavailable': {
    title: 'No Docker engine answers',
    when: 'The worker has no Docker engine that answers, or no worker was seen lately.',
    help: 'A verification builds and runs the image, which needs a Docker engine of version 23 or newer. Start one (on Debian 13 or newer: apt-get install docker.io; elsewhere the packages of docs.docker.com/engine/install), or point DOCKER_HOST at one, and try again. POST /analyze works without it.',
  },
  'build-queue-full': {
    title: 'The queue is full',
    when: 'As many builds wait as may, or their contexts have as many bytes as they may have.',
    help: 'DRYDOCK_QUEUE_LIMIT sets how many builds may wait, and DRYDOCK_QUEUE_BYTES how many bytes their contexts may have. Try again after the time in Retry-After, which follows from how long builds take here.',
  },
  'idempotency-key-reused': {
    title: 'The idempotency key belongs to another build',
    when: 'The key was sent before, with another context or other options.',
    help: 'A key stands for one submission: sent again with the same context and options within a day, it brings the build of the first time. Make a new key for each build, for example from the run and the commit of the pipeline.',
  },
  'webhook-target-refused': {
    title: 'Webhooks are not sent there',
    when: 'The URL of a webhook leads to an address that is not public and that the operator does not allow.',
    help: 'Webhooks go to public addresses: loopback, private and link-local networks and the like are refused when a webhook is registered, and once more at each delivery, after DNS. The operator allows hosts and networks with DRYDOCK_WEBHOOK_ALLOW.',
  },
  'webhooks-full': {
    title: 'There are too many webhooks',
    when: 'As many are registered as the service keeps.',
    help: 'Each webhook may cost a delivery at the end of each build. GET /webhooks lists them; remove those that are not needed any more.',
  },
  'shutting-down': {
    title: 'The service is stopping',
    when: 'The service was told to end.',
    help: 'It finishes what it has and takes nothing new. Try again after the time in Retry-After.',
  },
  'storage-unavailable': {
    title: 'The database or the disk does not answer',
    when: 'Something has to be read or written, and the database or the disk refuses; or something has to be written, and the database was taken out of its folder beneath the service.',
    help: 'Nothing was stored. The operator finds the reason in the log; GET /health says when it works again.',
  },
  internal: {
    title: 'Something went wrong inside Drydock',
    when: 'Something happened that nobody foresaw.',
    help: 'This is a mistake in Drydock, not in the request. The log holds the reason under the request id in `instance`.',
  },
} as const satisfies Readonly<Record<string, ProblemEntry>>;

/** Code of a problem: the last part of its `type`. */
export type ProblemCode = keyof typeof problems;

/** An RFC 9457 problem document. */
export const Problem = z
  .strictObject({
    type: z
      .string()
      .max(200)
      .meta({ examples: ['/problems/body-empty'] }),
    title: z.string().max(200),
    status: z.int().min(400).max(599),
    detail: z.string().max(2000).meta({ description: 'What happened here, why, and what to do.' }),
    instance: z
      .string()
      .max(100)
      .meta({ examples: ['urn:uuid:0199f0a2-7a1e-7c3b-9d53-0d6c9f6f7b11'] }),
    errors: z
      .array(z.strictObject({ pointer: z.string().max(500), detail: z.string().max(500) }))
      .max(100)
      .optional()
      .meta({ description: 'Each field that is not as it should be.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document.' });
export type Problem = z.infer<typeof Problem>;

/** What `GET /problems/{code}` answers: the help for one kind of problem. */
export const ProblemHelp = z
  .strictObject({
    code: z
      .string()
      .max(100)
      .meta({ examples: ['body-empty'] }),
    title: z.string().max(200),
    when: z.string().max(500).meta({ description: 'When it comes.' }),
    help: z.string().max(2000).meta({ description: 'What the problem means and what to do.' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status that it comes with.' }),
  })
  .meta({ id: 'ProblemHelp', description: 'Help for one kind of problem.' });
export type ProblemHelp = z.infer<typeof ProblemHelp>;
