/** The block `production` of a verification: the questions that are asked before an image is let into production, answered. */
import { z } from 'zod';

/** An image that the built one stands on or takes files from. */
export const BaseImage = z
  .strictObject({
    role: z.enum(['base', 'build', 'files']).meta({
      description:
        '`base`: the image stands on it. `build`: a stage stands on it that only builds. `files`: files are taken from it.',
    }),
    written: z
      .string()
      .max(1000)
      .meta({ description: 'As the Dockerfile has it.', examples: ['python:3.12-slim'] }),
    line: z.int().min(1).meta({ description: '1-based line in the Dockerfile.' }),
    reference: z
      .string()
      .max(1000)
      .nullable()
      .meta({ description: 'The whole name, without digest.', examples: ['docker.io/library/python:3.12-slim'] }),
    digest: z.string().max(200).nullable().meta({ description: 'What a registry knows it by. `null`: see `note`.' }),
    imageId: z.string().max(200).nullable().meta({ description: 'What the engine knows it by. `null`: see `note`.' }),
    note: z.string().max(500).nullable().meta({ description: 'Why something is not known.' }),
  })
  .meta({ id: 'BaseImage', description: 'An image that the built one stands on, or takes files from.' });
export type BaseImage = z.infer<typeof BaseImage>;

/** Where a variable or file that looks secret comes in; never its value. */
export const SecretEntry = z
  .strictObject({
    name: z.string().max(200),
    through: z.enum(['ENV', 'ARG', 'secret mount', 'run time']).meta({
      description:
        '`ENV`, `ARG`: an instruction of the Dockerfile. `secret mount`: `RUN --mount=type=secret`. `run time`: given to the container alone.',
    }),
    line: z.int().min(1).nullable().meta({ description: '1-based line in the Dockerfile; `null` at run time.' }),
  })
  .meta({ id: 'SecretEntry', description: 'Where something secret comes in. Names, never values.' });
export type SecretEntry = z.infer<typeof SecretEntry>;

/** The answers. */
export const Production = z
  .strictObject({
    images: z.array(BaseImage).max(50).meta({ description: 'What it stands on, that of the final stage first.' }),
    imageId: z.string().max(200).nullable().meta({ description: 'The image that was built; `null`: there is none.' }),
    vulnerabilityScan: z.strictObject({
      scanned: z.literal(false),
      explanation: z.string().max(500),
    }),
    secrets: z
      .array(SecretEntry)
      .max(200)
      .meta({ description: 'Everything named like a secret, and where it comes in.' }),
    pid1: z
      .strictObject({
        uid: z.int().min(0),
        gid: z.int().min(0).nullable(),
        command: z.string().max(1000).nullable(),
      })
      .nullable()
      .meta({ description: 'Who PID 1 was, and which user it ran as.' }),
    stop: z
      .strictObject({
        signal: z.string().max(20),
        seconds: z.number().min(0),
        exitCode: z.int(),
        killed: z.boolean().meta({ description: 'It did not end within the grace, and was killed.' }),
      })
      .nullable()
      .meta({ description: 'How it stopped.' }),
    unanswered: z.array(z.string().max(1000)).max(10).meta({ description: 'Which questions have no answer, and why.' }),
  })
  .meta({ id: 'Production', description: 'The questions before production, answered from what was seen.' });
export type Production = z.infer<typeof Production>;
