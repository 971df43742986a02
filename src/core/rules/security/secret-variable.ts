/** Rule: ENV, ARG or LABEL whose name says that it holds a secret. */
import type { Pair } from '../../dockerfile/types.ts';
import { builtStages, isShipped } from '../questions/ask.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import {
  isHarmlessValue,
  isMachineMade,
  isPlaceholder,
  passwordOfConnection,
  secretName,
  secretValues,
} from '../tables/secrets.ts';

export default defineRule({
  id: 'secret-variable',
  item: 'no-secrets',
  severity: 'error',
  title: 'Secret in ENV, ARG or LABEL',
  why: 'ENV and LABEL stand in the configuration of the image, ARG in its history: everybody who can pull the image can read them, in a private registry too, and deleting them later changes nothing.',
  fix: 'Give it at run time (`docker run -e`, the secret manager of the platform). What the build itself needs comes through `RUN --mount=type=secret,id=token …`.',
  source:
    'Lessons, "Secrets"; BuildKit, SecretsUsedInArgOrEnv. Measured: the history shows `RUN |1 NPM_TOKEN=…` of the stage that ships, nothing of the others.',
  aliases: ['DL3064', 'SecretsUsedInArgOrEnv', 'DS-0031', 'CIS-DI-0010'],
  examples: {
    bad: 'FROM python:3.12-slim\nENV API_KEY=b7Qx93kfLs02mVt6\n',
    good: 'FROM python:3.12-slim\nENV API_KEY_FILE=/run/secrets/api_key\n',
  },
  *check(subject) {
    for (const stage of builtStages(subject)) {
      const isInImage = isShipped(subject, stage);
      for (const instruction of stage.instructions) {
        const { keyword } = instruction;
        if (keyword !== 'ENV' && keyword !== 'ARG' && keyword !== 'LABEL') continue;
        for (const pair of instruction.pairs) {
          const name = pair.key.value ?? pair.key.raw;
          if (keyword === 'ENV' && isInImage && mayHoldLogin(subject, name, pair)) {
            yield {
              cannotTell: `Whether ENV ${name} holds a password: its value is given to the build, and stays in the image.`,
            };
          }
          const held = whatItHolds(subject, keyword, name, pair);
          // What ENV and LABEL of a build stage say stays behind with it.
          if (held === 'nothing' || (keyword !== 'ARG' && !isInImage)) continue;
          const isGivenToAStage = keyword === 'ARG' && held === 'secret to come' && !isInImage;
          yield {
            at: pair.span,
            identity: `${keyword} ${name}`,
            severity: held === 'stand-in' || isGivenToAStage ? 'warning' : 'error',
            confidence: secretName(name) === 'strong' && held !== 'stand-in' ? 'high' : 'medium',
            message:
              held === 'stand-in' ? `${keyword} ${name} ${STAND_IN}` : `${keyword} ${name} ${HARM[keyword](isInImage)}`,
          };
        }
      }
    }
  },
});

const STAND_IN = 'has a value that anybody would guess; whoever forgets to replace it runs with that.';
const HARM = {
  ENV: () => 'puts a secret into the configuration of the image.',
  LABEL: () => 'puts a secret into the configuration of the image.',
  ARG: (isInImage: boolean) =>
    isInImage
      ? 'takes a secret into the build, and its value stays in the history of the image.'
      : 'takes a secret into a build stage; it stays in the build cache, and in the provenance where that is recorded in full.',
} as const;

/** `secret to come`: the value is given to the build from outside. */
function whatItHolds(
  subject: Subject,
  keyword: 'ENV' | 'ARG' | 'LABEL',
  name: string,
  { value }: Pair,
): 'nothing' | 'secret' | 'secret to come' | 'stand-in' {
  const looks = secretName(name);
  const inAddress = looks === 'no' ? passwordOfConnection(value?.value ?? '') : undefined;
  if (inAddress !== undefined) return isPlaceholder(inAddress) ? 'stand-in' : 'secret';
  // The form of the value says more than the name: secret-value tells of it.
  if (looks === 'no' || (value !== undefined && secretValues(value.raw).length > 0)) return 'nothing';
  const text = value === undefined ? undefined : (value.value ?? fallback(value.raw));
  if (text === undefined || (text === '' && keyword === 'ARG')) {
    if (looks === 'weak') return 'nothing';
    if (keyword === 'ARG') return 'secret to come';
    return value !== undefined && namesNothing(subject, value.raw) ? 'nothing' : 'secret';
  }
  if (isHarmlessValue(text)) return 'nothing';
  if (looks === 'weak') return isMachineMade(text) ? 'secret' : 'nothing';
  return isPlaceholder(text) ? 'stand-in' : 'secret';
}

/** The address of a database or a broker, with a login in it as often as not. */
const CONNECTION =
  /(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MONGO(?:DB)?|REDIS|AMQP|RABBITMQ|BROKER)_(?:URL|URI|DSN)$|(?:^|_)CONNECTION_?STRING$/i;

/** `ARG DATABASE_URL`, `ENV DATABASE_URL=$DATABASE_URL`: nobody knows here what the build is given. */
function mayHoldLogin(subject: Subject, name: string, { value }: Pair): boolean {
  if (value === undefined || value.value !== undefined || !CONNECTION.test(name)) return false;
  return namedBy(value.raw) !== undefined && !namesNothing(subject, value.raw);
}

/** `postgres` of `${DB_PASSWORD:-postgres}`. */
function fallback(raw: string): string | undefined {
  return /^"?\$\{\w+:?-([^${}]*)\}"?$/.exec(raw)?.[1];
}

/** True for `$NAME` where neither ARG nor ENV of this file sets NAME: the value is empty, unless the base image has one. */
function namesNothing(subject: Subject, raw: string): boolean {
  const name = namedBy(raw);
  return name !== undefined && !namesSet(subject).has(name);
}

/** NAME of `$NAME` and `${NAME}` alone. */
function namedBy(raw: string): string | undefined {
  return /^"?\$\{?(\w+)\}?"?$/.exec(raw)?.[1];
}

/** Every name that ARG or ENV gives a value to; `ENV A=$A` gives it none. */
const namesSet = question(
  ({ dockerfile }): ReadonlySet<string> =>
    new Set(
      dockerfile.instructions.flatMap((one) =>
        one.keyword === 'ENV' || one.keyword === 'ARG'
          ? one.pairs.flatMap(({ key, value }) =>
              key.value === undefined || namedBy(value?.raw ?? '') === key.value ? [] : [key.value],
            )
          : [],
      ),
    ),
);
