/** Rule: ENV, ARG or LABEL whose name says that it holds a secret. */
import { builtStages, shippedStages } from '../ask.ts';
import { defineRule } from '../rule.ts';
import { entropy, isHarmlessValue, isPlaceholder, secretName, secretValues } from '../secrets.ts';

export default defineRule({
  id: 'secret-variable',
  item: 'no-secrets',
  severity: 'error',
  title: 'Secret in ENV, ARG or LABEL',
  why: 'ENV and LABEL stand in the configuration of the image, ARG in its history: everybody who can pull the image can read them, in a private registry too, and deleting them later changes nothing.',
  fix: 'Give it at run time (`docker run -e`, the secret manager of the platform). What the build itself needs comes through `RUN --mount=type=secret,id=token …`.',
  source: 'Lessons, "Secrets"; BuildKit, SecretsUsedInArgOrEnv.',
  aliases: ['DL3064', 'SecretsUsedInArgOrEnv', 'DS-0031', 'CIS-DI-0010'],
  examples: {
    bad: 'FROM python:3.12-slim\nENV API_KEY=b7Qx93kfLs02mVt6\n',
    good: 'FROM python:3.12-slim\nENV API_KEY_FILE=/run/secrets/api_key\n',
  },
  *check(subject) {
    for (const stage of builtStages(subject)) {
      const isShipped = shippedStages(subject).includes(stage);
      for (const instruction of stage.instructions) {
        const { keyword } = instruction;
        if (keyword !== 'ENV' && keyword !== 'ARG' && keyword !== 'LABEL') continue;
        // What a builder stage sets stays behind with it; its ARG does not, when its value ends up in a file.
        if (keyword !== 'ARG' && !isShipped) continue;
        for (const { key, value, span } of instruction.pairs) {
          const name = key.value ?? key.raw;
          const looks = secretName(name);
          if (looks === 'no' || (value !== undefined && secretValues(value.raw).length > 0)) continue;
          const text = value?.value;
          if (text !== undefined && isHarmlessValue(text)) continue;
          if (looks === 'weak' && (text === undefined || text.length < 16 || entropy(text) < 3.5)) continue;
          if (text !== undefined && isPlaceholder(text)) {
            yield {
              at: span,
              severity: 'warning',
              confidence: 'medium',
              message: `${keyword} ${name} has a stand-in for a value; whoever forgets to replace it runs with a known one.`,
            };
          } else {
            yield {
              at: span,
              confidence: looks === 'strong' ? 'high' : 'medium',
              message:
                keyword === 'ARG'
                  ? `ARG ${name} takes a secret into the build, and its value stays in the history of the image.`
                  : `${keyword} ${name} puts a secret into the configuration of the image.`,
            };
          }
        }
      }
    }
  },
});
