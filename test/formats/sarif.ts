/** As much of SARIF as tests look at. */
import { z } from 'zod';

const text = z.looseObject({ text: z.string().min(1) });

/** A log with one run. */
export const Sarif = z.looseObject({
  runs: z.tuple([
    z.looseObject({
      tool: z.looseObject({
        driver: z.looseObject({
          rules: z.array(
            z.looseObject({
              id: z.string().min(1),
              shortDescription: text,
              fullDescription: text,
              help: text,
              properties: z.looseObject({ tags: z.array(z.string()) }),
            }),
          ),
        }),
      }),
      results: z.array(
        z.looseObject({
          ruleId: z.string(),
          ruleIndex: z.number(),
          message: text,
          locations: z.tuple([
            z.looseObject({
              physicalLocation: z.looseObject({
                artifactLocation: z.looseObject({ uri: z.string() }),
                region: z.looseObject({
                  startLine: z.number(),
                  startColumn: z.number(),
                  endLine: z.number(),
                  endColumn: z.number(),
                }),
              }),
            }),
          ]),
          partialFingerprints: z.looseObject({ primaryLocationLineHash: z.string() }),
          suppressions: z.array(z.looseObject({})),
          fixes: z
            .array(z.looseObject({ artifactChanges: z.array(z.looseObject({ replacements: z.array(z.unknown()) })) }))
            .optional(),
        }),
      ),
    }),
  ]),
});
