/** Rule: ARG or ENV that a RUN uses as a credential, whatever its name. */
import type { Stage } from '../../dockerfile/types.ts';
import { builtStages, chainOf, commandsOf, isShipped, runsOf } from '../questions/ask.ts';
import { credentialsIn } from '../questions/credentials.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import { isPlaceholder, secretName } from '../tables/secrets.ts';

export default defineRule({
  id: 'secret-build-arg-used',
  item: 'no-secrets',
  severity: 'error',
  title: 'Build argument used as a credential',
  why: 'What a build argument holds stands in the history of the image with every RUN that follows it: everybody who can pull the image can read it.',
  fix: 'Give it as a secret, which leaves no trace: `RUN --mount=type=secret,id=pat,env=GH_PAT git clone https://$GH_PAT@github.com/…`.',
  source: 'Lessons, "Secrets". Measured: the history shows `RUN |1 GH_PAT=…` of the stage that ships.',
  aliases: [],
  examples: {
    bad: 'FROM alpine:3.21\nARG GH_PAT\nRUN git clone https://$GH_PAT@github.com/example/shop.git /src\n',
    good: 'FROM alpine:3.21\nRUN --mount=type=secret,id=pat,env=GH_PAT git clone https://$GH_PAT@github.com/example/shop.git /src\n',
  },
  *check(subject) {
    for (const stage of builtStages(subject)) {
      const told = new Set<string>();
      for (const run of runsOf([stage])) {
        for (const { at, what, variables } of credentialsIn(commandsOf(run))) {
          for (const name of variables) {
            const setBy = setting(subject, stage, name);
            // What its name says already, secret-variable tells.
            if (setBy === undefined || told.has(name) || secretName(name) === 'strong') continue;
            told.add(name);
            const value = run.command.env.get(name);
            const isKnownToAll = typeof value === 'string' && isPlaceholder(value);
            const isWarning = isKnownToAll || !isShipped(subject, stage);
            yield {
              at,
              identity: `${setBy} ${name} used`,
              ...(isWarning ? { severity: 'warning' as const } : {}),
              message: `${setBy} ${name} is ${what}, so it is a secret, and ${isShipped(subject, stage) ? 'its value stays in the history of the image' : 'its value stays in the build cache, and in the provenance where that is recorded in full'}.`,
            };
          }
        }
      }
    }
  },
});

function setting(subject: Subject, stage: Stage, name: string): 'ARG' | 'ENV' | undefined {
  return chainOf(stage)
    .map((one) => settings(subject).get(one)?.get(name))
    .findLast((one) => one !== undefined);
}

const settings = question(
  ({ dockerfile }): ReadonlyMap<Stage, ReadonlyMap<string, 'ARG' | 'ENV'>> =>
    new Map(
      dockerfile.stages.map((stage) => [
        stage,
        new Map(
          stage.instructions.flatMap((one) => {
            const { keyword } = one;
            if (keyword !== 'ARG' && keyword !== 'ENV') return [];
            return one.pairs.flatMap(({ key }) => (key.value === undefined ? [] : [[key.value, keyword] as const]));
          }),
        ),
      ]),
    ),
);
