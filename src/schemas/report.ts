/**
 * The report: one form for a static analysis and for a verification, so that every format serves both.
 * Made only by core/report/report.ts; stored as it is; read by formats and by clients, who may rely on these names.
 */
import { z } from 'zod';
import { Finding } from './finding.ts';
import { Item } from './item.ts';
import { Production } from './production.ts';

/** The kinds of image that are judged differently; what each one drops stands in core/policy/profiles.ts. */
export const ProfileName = z
  .enum(['service', 'kubernetes', 'cloud-run', 'job', 'cli', 'base-image'])
  .meta({ id: 'ProfileName', description: 'What the image is for. Decides which checklist items apply.' });
export type ProfileName = z.infer<typeof ProfileName>;

/** `ready`: no required item fails, in a verification none is unknown, and the score reaches the policy's threshold. */
export const Verdict = z.enum(['ready', 'not-ready']).meta({
  id: 'Verdict',
  description:
    "`ready`: no required item fails, in a verification none is unknown, and the score reaches the policy's threshold.",
});
export type Verdict = z.infer<typeof Verdict>;

/** One step of the real build, as the builder told it. */
export const BuildStep = z
  .strictObject({
    name: z
      .string()
      .max(1000)
      .meta({ examples: ['[2/4] RUN pip install -r requirements.txt'] }),
    line: z.int().min(1).nullable().meta({ description: '1-based line in the Dockerfile, where it is known.' }),
    command: z
      .string()
      .max(1000)
      .nullable()
      .meta({
        description: 'The instruction as the builder ran it; `null` for its own work, such as loading the context.',
        examples: ['RUN pip install -r requirements.txt'],
      }),
    cached: z.boolean(),
    startedMs: z.int().min(0).nullable().meta({
      description:
        'Since the first step began, which is before this build where it shares that step with one under way. `null`: it never began.',
    }),
    endedMs: z.int().min(0).nullable().meta({ description: 'Since the first step began. `null`: it never ended.' }),
    durationMs: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Time spent on it, pauses left out. `null`: the step never ended.' }),
    error: z.string().max(4000).nullable(),
    log: z.string().max(20_000).meta({ description: 'The last part of what the step printed.' }),
  })
  .meta({ id: 'BuildStep', description: 'One step of the build.' });
export type BuildStep = z.infer<typeof BuildStep>;

/** The kinds of reason for which a build fails; core/failure tells them apart. */
export const BuildCause = z
  .enum([
    'missing-file',
    'ignored-file',
    'package-not-found',
    'permission-denied',
    'no-space',
    'image-not-found',
    'registry-refused',
    'network',
    'out-of-memory',
    'deadline',
    'missing-secret',
    'too-many-layers',
    'syntax',
    'foreign-frontend',
    'command-failed',
    'unknown',
  ])
  .meta({ id: 'BuildCause', description: 'Why a build failed. `unknown`: no reason that is known was seen.' });
export type BuildCause = z.infer<typeof BuildCause>;

/** Why the image could not be built: a result, not an error. */
export const BuildFailure = z
  .strictObject({
    cause: BuildCause,
    advice: z.string().max(1000).meta({ description: 'What it is in plain words, and what to do.' }),
    message: z.string().max(4000).meta({ description: "The builder's own last word." }),
    step: z.string().max(1000).nullable(),
    line: z.int().min(1).nullable(),
    exitCode: z.int().nullable(),
    log: z.string().max(20_000).meta({ description: 'The last lines that the failing step printed.' }),
  })
  .meta({ id: 'BuildFailure', description: 'The step that failed, its exit code and its last log lines.' });
export type BuildFailure = z.infer<typeof BuildFailure>;

/** A folder or a file of one layer. */
export const LayerNode = z
  .strictObject({
    name: z
      .string()
      .max(200)
      .meta({
        description: 'One part of a path, or several where a folder holds nothing but the next. Empty: all the rest.',
        examples: ['usr/local/lib'],
      }),
    sizeBytes: z.int().min(0),
    files: z.int().min(0),
    get children(): z.ZodOptional<z.ZodArray<typeof LayerNode>> {
      return z.array(LayerNode).max(100).optional();
    },
  })
  .meta({ id: 'LayerNode', description: 'A folder or a file of one layer, with everything below it.' });
export type LayerNode = z.infer<typeof LayerNode>;

/** The image that was built, and what its Dockerfile put on its base. */
export const ImageReport = z
  .strictObject({
    id: z.string().max(100),
    sizeBytes: z.int().min(0),
    base: z
      .strictObject({ layers: z.int().min(0), sizeBytes: z.int().min(0) })
      .optional()
      .meta({
        description: 'What the base brought. Absent, as all that follows, where the image could not be looked into.',
      }),
    layers: z
      .array(
        z.strictObject({
          line: z.int().min(1).meta({ description: '1-based line in the Dockerfile.' }),
          command: z.string().max(1100).meta({ description: 'As the history of the image tells it, secrets masked.' }),
          sizeBytes: z.int().min(0),
          files: z.int().min(0),
          tree: z.array(LayerNode).max(100).meta({
            description:
              'What lies in it, the largest first, the rest of each folder summed: at most 100 nodes, and 800 of all layers together.',
          }),
        }),
      )
      .max(127)
      .optional()
      .meta({ description: 'The layers that the Dockerfile made, from the lowest on.' }),
    wastedBytes: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'Bytes of files that a later layer of the Dockerfile replaces or deletes.' }),
    largest: z
      .array(z.strictObject({ path: z.string().max(1000), sizeBytes: z.int().min(0), line: z.int().min(1) }))
      .max(20)
      .optional()
      .meta({ description: 'The largest files above the base.' }),
  })
  .meta({
    id: 'ImageReport',
    description: 'The image: its base, the layers above it, what is large and what is wasted.',
  });
export type ImageReport = z.infer<typeof ImageReport>;

/** What is said of one Dockerfile or of one built and running image. */
export const Report = z
  .strictObject({
    schemaVersion: z.literal(1),
    id: z.string().max(64),
    kind: z.enum(['analysis', 'verification']),
    createdAt: z.iso.datetime(),
    durationMs: z.number().min(0),
    verdict: Verdict,
    score: z.int().min(0).max(100),
    grade: z.enum(['A', 'B', 'C', 'D', 'E', 'F']),
    tool: z.strictObject({ version: z.string().max(50), engine: z.string().max(100).optional() }),
    project: z.string().max(200).nullable(),
    profile: z.strictObject({ name: ProfileName, detected: z.boolean(), why: z.string().max(500) }),
    policy: z
      .strictObject({
        sources: z.array(z.enum(['operator', 'request', 'drydock.yaml'])).max(3),
        threshold: z.int().min(0).max(100),
        notHeeded: z
          .array(z.string().max(1000))
          .max(100)
          .meta({ description: 'What was asked and does not count, and why.' }),
      })
      .optional()
      .meta({ description: 'The policy that this was judged by; absent where nobody set one.' }),
    source: z
      .strictObject({ path: z.string().max(4096), text: z.string() })
      .optional()
      .meta({
        description:
          'The Dockerfile that was judged, with stars in place of whatever may be a secret: lines stay where they were. Only in reports that are stored.',
      }),
    items: z.array(Item).length(20),
    findings: z.array(Finding).max(10_000),
    assumptions: z
      .array(z.string().max(1000))
      .max(100)
      .meta({ description: 'What was not given and therefore assumed.' }),
    fixed: z
      .strictObject({
        dockerfile: z.string().meta({ description: 'The Dockerfile with every safe edit applied.' }),
        diff: z.string().meta({ description: 'The same as a unified diff; empty where there was nothing to mend.' }),
        applied: z
          .array(z.strictObject({ rule: z.string().max(100), line: z.int().min(0) }))
          .meta({ description: 'What was mended; `line` in the text as it was before that round of edits.' }),
      })
      .optional()
      .meta({ description: 'Only in the answer to `fix=safe`; never stored, because it repeats the Dockerfile.' }),
    build: z
      .strictObject({
        durationMs: z.int().min(0),
        steps: z.array(BuildStep).max(2000),
        failure: BuildFailure.nullable(),
      })
      .optional(),
    image: ImageReport.optional(),
    production: Production.optional().meta({ description: 'Only of a verification.' }),
    run: z
      .strictObject({
        firstAnswerMs: z.int().min(0).nullable().meta({ description: 'From start to the first 200.' }),
        stopSignal: z.string().max(20).nullable(),
        stopSeconds: z.number().min(0).nullable(),
        exitCode: z.int().nullable(),
        memory: z
          .strictObject({
            bytes: z.int().min(0).meta({ description: 'In use, without file cache that can be taken back.' }),
            limitBytes: z.int().min(0),
            pids: z.int().min(0).nullable().meta({ description: 'Processes and threads. `null`: not told.' }),
          })
          .optional()
          .meta({ description: 'What it held once it had answered. Absent where nobody could see it.' }),
        log: z.string().max(20_000).meta({ description: 'The last part of what the container printed.' }),
      })
      .optional(),
  })
  .meta({ id: 'Report', description: 'The checklist as judged, with findings and evidence.' });
export type Report = z.infer<typeof Report>;
