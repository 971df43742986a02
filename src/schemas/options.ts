/** What a client may ask for. Requests are strict: a field that is not known here is refused by name. */
import { z } from 'zod';
import { Policy } from './policy.ts';
import { ProfileName } from './report.ts';

/** Name of a project, as reports are grouped by it. It is a part of addresses, where `.` and `..` would lead elsewhere. */
export const ProjectName = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[\w.@/-]+$/,
    'letters, digits and . _ - @ / only, and between slashes neither . nor .. alone',
  )
  .meta({ description: 'Whose Dockerfile this is; groups reports.', examples: ['shop/api'] });

/** Such a name in an answer. What is stored was taken by the rule of its day, and is told whatever the rule is now. */
export const KnownProject = z
  .string()
  .min(1)
  .max(200)
  .meta({ description: 'Whose Dockerfile this is; groups reports.', examples: ['shop/api'] });

/** Options of `POST /analyze`. */
export const AnalyzeOptions = z
  .strictObject({
    project: ProjectName.optional(),
    profile: ProfileName.optional(),
    policy: Policy.optional(),
    store: z
      .boolean()
      .optional()
      .meta({ description: '`false`: the report is answered and forgotten. Default `true`.' }),
  })
  .meta({ id: 'AnalyzeOptions', description: 'Options of a static analysis.' });
export type AnalyzeOptions = z.infer<typeof AnalyzeOptions>;

/** JSON body of `POST /analyze`. */
export const AnalyzeRequest = z
  .strictObject({
    // How long the two texts may be is configured, and counted in bytes: http/upload.ts looks.
    dockerfile: z.string().meta({
      description:
        'Text of the Dockerfile, at most DRYDOCK_MAX_DOCKERFILE_BYTES. An empty text is an answerable question.',
    }),
    path: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .meta({ description: 'Path of the Dockerfile inside the context. Default `Dockerfile`.' }),
    dockerignore: z
      .string()
      .optional()
      .meta({ description: 'Text of the ignore file in force, at most DRYDOCK_MAX_DOCKERFILE_BYTES.' }),
    files: z
      .array(
        z.strictObject({
          path: z.string().min(1).max(4096),
          size: z.int().min(0).optional().meta({ description: 'Bytes. Default: the length of `content`.' }),
          content: z.string().max(1_048_576).optional(),
        }),
      )
      .max(50_000)
      .optional()
      .meta({ description: 'The files of the build context. Given, rules may rely on the list being complete.' }),
    options: AnalyzeOptions.optional(),
  })
  .meta({ id: 'AnalyzeRequest', description: 'A Dockerfile and, where known, what stands around it.' });
export type AnalyzeRequest = z.infer<typeof AnalyzeRequest>;

const EnvName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name');

const Path = z
  .string()
  .max(2000)
  .regex(/^\/[!-~]*$/, 'an absolute path such as /health');

const LabelKey = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^(?!drydock\.)[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$/,
    'letters, digits and . _ - / only, and not drydock.*',
  );

const SecretId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'letters, digits and . _ - only');

/** A host of a registry as image names begin with it, `docker.io` for names that begin with none. */
export const RegistryHost = z
  .string()
  .min(1)
  .max(255)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/,
    'a host in lower case, such as ghcr.io or localhost:5000',
  );

/** Who to be at a registry. */
export const RegistryCredentials = z
  .strictObject({ username: z.string().min(1).max(500), password: z.string().min(1).max(16_384) })
  .meta({ id: 'RegistryCredentials', description: 'Who to be at a registry. Write-only.' });
export type RegistryCredentials = z.infer<typeof RegistryCredentials>;

/** A host name that nobody else has: services are found under it. */
const ServiceName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/, 'lower-case letters, digits and - only, beginning with a letter');

const MOST_SERVICES = 5;

/** Something that the service under test needs beside it. */
export const CompanionService = z
  .strictObject({
    image: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[a-z0-9][\w.:/@-]*$/, 'the name of an image, such as postgres:17')
      .meta({ examples: ['postgres:17'] }),
    env: z.record(EnvName, z.string().max(32_768)).optional(),
    command: z
      .array(z.string().max(4096))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: "Arguments in place of the image's CMD." }),
    port: z.int().min(1).max(65_535).optional().meta({
      description:
        'Port that has to accept connections before the service under test is started. Default: the first one its image exposes.',
    }),
  })
  .meta({
    id: 'CompanionService',
    description: 'A container that the service under test needs, a database for example.',
  });
export type CompanionService = z.infer<typeof CompanionService>;

/** Options of `POST /build-verify`: multipart part `options`, before the part `context`; query parameters for a raw archive. */
export const BuildOptions = z
  .strictObject({
    project: ProjectName.optional(),
    profile: ProfileName.optional(),
    dockerfile: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .meta({ description: 'Path of the Dockerfile inside the context.' }),
    target: z.string().min(1).max(200).optional().meta({ description: 'Stage to build. Default: the last one.' }),
    platform: z
      .string()
      .max(50)
      .regex(/^linux\/[a-z0-9_]{1,20}(?:\/[a-z0-9]{1,10})?$/, 'a Linux platform such as linux/amd64 or linux/arm64')
      .optional()
      .meta({ description: "Platform to build for. Default: the engine's own." }),
    buildArgs: z.record(EnvName, z.string().max(32_768)).optional(),
    secretBuildArgs: z.array(EnvName).max(100).optional().meta({
      description:
        'Build arguments that are secrets although their names do not say so: their values are searched in the image, and masked.',
    }),
    labels: z
      .record(LabelKey, z.string().max(4096))
      .optional()
      .meta({ description: 'Labels to put on the image, as a pipeline would with `docker build --label`.' }),
    noCache: z.boolean().optional().meta({ description: '`true`: every step is run anew. Default `false`.' }),
    network: z
      .enum(['default', 'none'])
      .optional()
      .meta({ id: 'BuildNetwork', description: '`none`: RUN reaches nothing. Default `default`.' }),
    secrets: z.record(SecretId, z.string().min(4).max(500_000)).optional().meta({
      description:
        'Values for `RUN --mount=type=secret,id=…`, by id. Write-only: sealed, wiped when the build ends, masked wherever a build repeats one.',
    }),
    registries: z.record(RegistryHost, RegistryCredentials).optional().meta({
      description:
        'Who to be at registries, by host (`docker.io` for Docker Hub). Each is shown to its own host only. Write-only, as `secrets`.',
    }),
    env: z
      .record(EnvName, z.string().max(32_768))
      .optional()
      .meta({ description: 'Environment of the container under test.' }),
    command: z
      .array(z.string().max(4096))
      .min(1)
      .max(100)
      .optional()
      .meta({
        description: "Arguments of the container under test in place of the image's CMD, as with `docker run`.",
        examples: [['gunicorn', '--bind', '0.0.0.0:8000', 'app:app']],
      }),
    requiredEnv: z.array(EnvName).max(20).optional().meta({
      description: 'Variables of `env` without which the service must end at once; each is left out in turn.',
    }),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .meta({ description: 'Port the service listens on. Default: from EXPOSE.' }),
    health: Path.optional().meta({
      description: 'Path that answers 200 when the service is well. Default: from HEALTHCHECK.',
    }),
    services: z
      .record(ServiceName, CompanionService)
      .refine((services) => Object.keys(services).length <= MOST_SERVICES, `at most ${MOST_SERVICES} services`)
      .optional()
      .meta({
        description:
          'What the service under test needs beside it, by the host name under which it looks for it; at most 5. They are started first, on the same private network. At the end each is paused in turn, to see whether the health endpoint tells of it.',
        examples: [{ db: { image: 'postgres:17', env: { POSTGRES_PASSWORD: 'only-for-this-run' } } }],
      }),
    egress: z.boolean().optional().meta({
      description: '`true`: the container under test may reach what lies outside its network. Default `false`.',
    }),
    slowPath: Path.optional().meta({
      description:
        'Path that takes a second or more to answer. It is asked just before the stop signal, to see whether a request in flight is still answered.',
      examples: ['/report?year=2026'],
    }),
    startTimeoutSeconds: z.int().min(1).max(600).optional().meta({
      description:
        'How long to wait for the first 200, or for the end of a job or command, and for each of `services`. Default 60; 300 for a job.',
    }),
    stopTimeoutSeconds: z
      .int()
      .min(1)
      .max(300)
      .optional()
      .meta({ description: 'Grace after the stop signal. Default 10.' }),
    priority: z.int().min(-100).max(100).optional().meta({
      description:
        'Which build goes first, the higher the sooner, among projects of which equally few builds run. Default 0.',
    }),
    policy: Policy.optional(),
  })
  .meta({ id: 'BuildOptions', description: 'Options of a verification.' });
export type BuildOptions = z.infer<typeof BuildOptions>;

/**
 * `drydock.yaml` at the root of a context: the same options, kept beside the code. The request wins over it, and the operator's
 * policy over both. Build arguments, environment and secrets are not among them: what is secret does not belong into a repository.
 */
export const ProjectFile = BuildOptions.omit({
  buildArgs: true,
  env: true,
  secrets: true,
  registries: true,
  priority: true,
}).meta({
  id: 'ProjectFile',
  description: 'What drydock.yaml at the root of a context may say.',
});
export type ProjectFile = z.infer<typeof ProjectFile>;
