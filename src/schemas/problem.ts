/**
 * Errors as the world sees them: RFC 9457 problems. Every code stands once, here, with its title and help;
 * http/problems.ts gives each its status, and `GET /problems/{code}` serves the help.
 */
import { z } from 'zod';

/** Title (the same for every occurrence) and help of each problem. The key is the code, for ever. */
export const problems = {
  'body-empty': {
    title: 'The request has no body',
    help: 'Send the Dockerfile as text/plain, as JSON {"dockerfile": "..."}, as multipart/form-data, or a context as a tar or zip archive.',
  },
  'body-invalid': {
    title: 'The request cannot be read',
    help: 'The body, a header or a query parameter is not what the contract says. `errors` names each field and what is allowed there; GET /openapi.yaml has the whole contract.',
  },
  'media-type-unsupported': {
    title: 'The content type is not one this endpoint reads',
    help: 'POST /analyze reads text/plain, application/json, multipart/form-data, and archives as application/x-tar, application/gzip, application/zstd, application/zip or application/octet-stream; POST /build-verify reads multipart/form-data and archives; POST /webhooks reads application/json.',
  },
  'dockerfile-not-text': {
    title: 'The Dockerfile is not text',
    help: 'A Dockerfile is a text file. NUL bytes mean that an archive, an image or UTF-16 text was sent where a Dockerfile belongs. Send UTF-8, or the archive with its own content type.',
  },
  'dockerfile-too-large': {
    title: 'The Dockerfile is larger than the limit',
    help: 'DRYDOCK_MAX_DOCKERFILE_BYTES sets the limit. Dockerfiles are rarely larger than a few kilobytes: check that the right file was sent.',
  },
  'dockerfile-missing': {
    title: 'The context holds no Dockerfile',
    help: 'Put a file named Dockerfile at the root of the context, or name its path: with the option `dockerfile`, on /analyze with `path`.',
  },
  'dockerfile-ambiguous': {
    title: 'The context holds several Dockerfiles',
    help: 'Name the one that is meant: with the option `dockerfile`, on /analyze with `path`.',
  },
  'dockerignore-unreadable': {
    title: 'The ignore file cannot be read',
    help: 'Without it, files that it excludes would be built into the image, so nothing is done. It must be a file of the archive (a link to one is followed) of at most DRYDOCK_MAX_DOCKERFILE_BYTES.',
  },
  'project-file-invalid': {
    title: 'drydock.yaml cannot be used',
    help: 'The file at the root of the context says what a repository wants of Drydock: profile, target, port, health, policy … `detail` names the field; they are the options of the contract (BuildOptions), without build arguments and environment. Mend the file, or take it out of the context.',
  },
  'analysis-too-costly': {
    title: 'The analysis takes too long or too much memory',
    help: 'Real Dockerfiles are analysed within a second. DRYDOCK_ANALYSIS_TIMEOUT_SECONDS sets how long one may take; `detail` says what was being done. Remove generated or repeated lines from the Dockerfile and the ignore file, and send fewer files: a .dockerignore that leaves out .git, node_modules and virtual environments, applied when packing, usually helps.',
  },
  'analysis-queue-full': {
    title: 'Too many analyses at the same time',
    help: 'Analyses are worked on a few at a time, and enough are waiting already. Try again after the time in Retry-After.',
  },
  'upload-too-large': {
    title: 'The upload is larger than the limit',
    help: 'DRYDOCK_MAX_UPLOAD_BYTES (as sent), DRYDOCK_MAX_EXPANDED_BYTES (unpacked) and DRYDOCK_MAX_ENTRIES set the limits. A .dockerignore that leaves out .git, node_modules and virtual environments usually brings a context far below them; apply it when packing.',
  },
  'archive-broken': {
    title: 'The archive cannot be read to its end',
    help: 'The archive is truncated, encrypted, or neither a tar (plain, gzip or zstd) nor a zip. Make it anew, for example: tar -C my-project -czf context.tgz .',
  },
  'archive-unsafe': {
    title: 'The archive holds an entry that is not accepted',
    help: 'Accepted are files, folders, symbolic links, and hard links to earlier files of the archive. Refused are absolute paths, paths with `..` that leave it, entries below a link, devices and pipes.',
  },
  'not-found': {
    title: 'There is nothing here',
    help: 'The address or the id is unknown. Ids come from the Location header and the links of an answer; ended builds and analyses may have been removed.',
  },
  'method-not-allowed': {
    title: 'This address does not know that method',
    help: 'GET /openapi.yaml lists what each address answers.',
  },
  'range-not-satisfiable': {
    title: 'There is nothing in that range',
    help: 'The range begins behind the end of what there is; Content-Range says how much that is. A log that still grows has more later.',
  },
  'report-not-ready': {
    title: 'The build has no report yet',
    help: 'The report is made when the build ends. Poll the build until its state is passed or failed.',
  },
  unauthorized: {
    title: 'A token is needed',
    help: 'Send `Authorization: Bearer <token>` with a token of the file that DRYDOCK_TOKENS_FILE names.',
  },
  'scope-missing': {
    title: 'The token is not for this',
    help: 'Each token has scopes: analyze, build, read, admin. `detail` names the one that is missing; the operator gives it in DRYDOCK_TOKENS_FILE.',
  },
  'project-forbidden': {
    title: 'The token is not for this project',
    help: 'Each token may be bound to projects. Name one of them with the option `project`, or in drydock.yaml; the operator binds tokens in DRYDOCK_TOKENS_FILE.',
  },
  'rate-limited': {
    title: 'Too many requests',
    help: 'DRYDOCK_RATE_LIMIT sets how many requests a token, or an address, may send within a minute. Try again after the time in Retry-After; to follow a build use `?wait=30`, or /events, in place of many polls.',
  },
  'cross-origin-refused': {
    title: 'Requests from other web pages are refused',
    help: 'A browser sent this request from a page of another origin. Drydock starts builds, so it answers only its own page and clients that are not browsers.',
  },
  'engine-unavailable': {
    title: 'No Docker engine answers',
    help: 'A verification builds and runs the image, which needs a Docker engine of version 23 or newer. Start one (on Debian 13 or newer: apt-get install docker.io; elsewhere the packages of docs.docker.com/engine/install), or point DOCKER_HOST at one, and try again. POST /analyze works without it.',
  },
  'build-queue-full': {
    title: 'The queue is full',
    help: 'DRYDOCK_QUEUE_LIMIT sets how many builds may wait, and DRYDOCK_QUEUE_BYTES how many bytes their contexts may have. Try again after the time in Retry-After, which follows from how long builds take here.',
  },
  'idempotency-key-reused': {
    title: 'The idempotency key belongs to another build',
    help: 'A key stands for one submission: sent again with the same context and options within a day, it brings the build of the first time. Make a new key for each build, for example from the run and the commit of the pipeline.',
  },
  'webhook-target-refused': {
    title: 'Webhooks are not sent there',
    help: 'Webhooks go to public addresses: loopback, private and link-local networks and the like are refused when a webhook is registered, and once more at each delivery, after DNS. The operator allows hosts and networks with DRYDOCK_WEBHOOK_ALLOW.',
  },
  'webhooks-full': {
    title: 'There are too many webhooks',
    help: 'Each webhook may cost a delivery at the end of each build. GET /webhooks lists them; remove those that are not needed any more.',
  },
  'shutting-down': {
    title: 'The service is stopping',
    help: 'It finishes what it has and takes nothing new. Try again after the time in Retry-After.',
  },
  'storage-unavailable': {
    title: 'The database or the disk does not answer',
    help: 'Nothing was stored. The operator finds the reason in the log; GET /health says when it works again.',
  },
  internal: {
    title: 'Something went wrong inside Drydock',
    help: 'This is a mistake in Drydock, not in the request. The log holds the reason under the request id in `instance`.',
  },
} as const;

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
    help: z.string().max(2000).meta({ description: 'What the problem means and what to do.' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status that it comes with.' }),
  })
  .meta({ id: 'ProblemHelp', description: 'Help for one kind of problem.' });
export type ProblemHelp = z.infer<typeof ProblemHelp>;
