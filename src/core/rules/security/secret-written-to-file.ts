/** Rule: a RUN writes an ARG or ENV that holds a secret, or a secret that is mounted, into a file of the image. */
import type { RunInstruction, ShellCommand, Stage } from '../../dockerfile/types.ts';
import { commandsOf, shippedStages } from '../questions/ask.ts';
import { variablesIn } from '../questions/credentials.ts';
import { callsFor, effectiveWords } from '../questions/installs.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import { secretName } from '../tables/secrets.ts';

export default defineRule({
  id: 'secret-written-to-file',
  item: 'no-secrets',
  severity: 'error',
  title: 'Secret written into a layer',
  why: 'The file is in the layer of this step, with the value in plain text, for everybody who can pull the image; a later step that deletes it only hides it.',
  fix: 'Mount the file for as long as it is needed: `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`. A key of its own a container makes when it starts.',
  source: 'Lessons, "Secrets": ARG written into a file is in the history and in the layer.',
  aliases: [],
  examples: {
    bad: 'FROM node:24-slim\nARG NPM_TOKEN\nRUN echo "//registry.npmjs.org/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci\n',
    good: "FROM node:24-slim\nARG NPM_TOKEN\nRUN echo '//registry.npmjs.org/:_authToken=${NPM_TOKEN}' > .npmrc && npm ci\n",
  },
  *check(subject) {
    const names = secretSettings(subject);
    const { text } = subject.dockerfile;
    for (const stage of shippedStages(subject)) {
      for (const one of stage.instructions) {
        if (one.keyword === 'COPY' || one.keyword === 'ADD') {
          const found = one.heredocs
            .filter(({ expands }) => expands)
            .flatMap(({ content }) => variablesIn(content.replaceAll("'", ' ')))
            .find((name) => names.has(name));
          if (found !== undefined)
            yield {
              at: one.span,
              identity: `${one.keyword} ${found}`,
              message: `This writes the value of ${found} into the image.`,
            };
        }
        if (one.keyword !== 'RUN') continue;
        for (const { file, command } of madeKeys(one)) {
          yield {
            at: command.span,
            // What a host shows its guests; the other ones open doors.
            ...(file.startsWith('/etc/ssh/') ? { severity: 'warning' as const } : {}),
            message: `This makes a private key in ${file}, which every container then has, and everybody who can pull the image.`,
          };
        }
        const mounted = mountedSecrets(one);
        if (names.size === 0 && mounted.length === 0) continue;
        for (const { name, file, command } of written(one, text, names, mounted)) {
          yield {
            at: command.span,
            message: `This writes ${name} into ${file}, and the file stays in the layer.`,
          };
        }
      }
    }
  },
});

/** ARG and ENV whose name says that they hold a secret. A mount that sets a variable of that name takes its place. */
const secretSettings = question(
  ({ dockerfile }): ReadonlySet<string> =>
    new Set(
      dockerfile.stages.flatMap((stage: Stage) =>
        stage.instructions.flatMap((one) =>
          one.keyword === 'ARG' || one.keyword === 'ENV'
            ? one.pairs.flatMap(({ key }) =>
                key.value !== undefined && secretName(key.value) === 'strong' ? [key.value] : [],
              )
            : [],
        ),
      ),
    ),
);

interface Written {
  readonly name: string;
  readonly file: string;
  readonly command: ShellCommand;
}

/** Where `ssh-keygen -f` puts a key that the same step does not take away. */
function* madeKeys(run: RunInstruction): Generator<{ readonly file: string; readonly command: ShellCommand }> {
  const commands = commandsOf(run);
  for (const [index, command] of commands.entries()) {
    const [program, ...words] = effectiveWords(command);
    // With these it reads a key, or changes it.
    if (program !== 'ssh-keygen' || words.some((word) => /^-[yleipcFRHBDsQLYkr]$/.test(word ?? ''))) continue;
    const file = words[words.indexOf('-f') + 1];
    if (file === undefined || !words.includes('-f') || isMountedOver(run, file) || /^\/(?:tmp|dev)\//.test(file))
      continue;
    const gone = commands.slice(index + 1).flatMap(removedBy);
    if (!isGone(plain(file), gone)) yield { file, command };
  }
}

/** A secret that is mounted: the file, and the variable, where it has one. */
interface Mounted {
  readonly id: string;
  readonly path: string;
  readonly variable: string | undefined;
}

function mountedSecrets({ mounts }: RunInstruction): readonly Mounted[] {
  return mounts.flatMap(({ type, options }) => {
    if (type !== 'secret') return [];
    const id = options.get('id') ?? options.get('source') ?? options.get('target') ?? '';
    const name = id.slice(id.lastIndexOf('/') + 1);
    return name === ''
      ? []
      : [{ id: name, path: options.get('target') ?? `/run/secrets/${name}`, variable: options.get('env') }];
  });
}

function* written(
  run: RunInstruction,
  text: string,
  names: ReadonlySet<string>,
  mounted: readonly Mounted[],
): Generator<Written> {
  const commands = commandsOf(run);
  // What a trap deletes at the end is not followed.
  if (mounted.length > 0 && commands.some((one) => one.name === 'trap')) return;
  const gone = new Set<string>();
  const found: Written[] = [];
  for (const [first, last] of pipelines(commands)) {
    const group = commands.slice(first, last + 1);
    const [start, end] = [group[0], group.at(-1)];
    if (start === undefined || end === undefined) continue;
    const source = text.slice(start.span.start.offset, end.span.end.offset);
    const body = run.heredocs.filter(({ expands }) => expands && source.includes('<<')).map(({ content }) => content);
    const used = [
      ...group.flatMap(({ args }) => args.flatMap(({ raw }) => variablesIn(raw))),
      ...body.flatMap((one) => variablesIn(one.replaceAll("'", ' '))),
    ];
    const setting = used.find((one) => names.has(one));
    const secret = mounted.find(
      ({ path, variable }) => isNamed(source, path) || (variable !== undefined && used.includes(variable)),
    );
    const name = setting === undefined ? secret && `the secret ${secret.id}` : `the value of ${setting}`;
    const file = name === undefined ? undefined : (fileOf(group, source) ?? copyOf(end, secret));
    if (name !== undefined && file !== undefined && !isMountedOver(run, file))
      found.push({ name, file, command: start });
    for (const command of group) for (const path of removedBy(command)) gone.add(path);
  }
  for (const one of found) {
    if (!isGone(plain(one.file), [...gone])) yield one;
  }
}

function isGone(path: string, gone: readonly string[]): boolean {
  return gone.some(
    (each) => path === each || path.endsWith(`/${each}`) || path.startsWith(`${each}/`) || path.includes(`/${each}/`),
  );
}

/** True when a text names a path, and not a longer one. */
function isNamed(text: string, path: string): boolean {
  const at = text.indexOf(path);
  return at !== -1 && !/[\w.-]/.test(text[at + path.length] ?? '');
}

/** Where `cp /run/secrets/key /root/.ssh/id_rsa` puts the secret. */
function copyOf(command: ShellCommand, secret: Mounted | undefined): string | undefined {
  const [program, ...words] = effectiveWords(command);
  if (secret === undefined || (program !== 'cp' && program !== 'install')) return undefined;
  const paths = words.filter((word) => word?.startsWith('-') !== true);
  return paths.length > 1 && paths.slice(0, -1).includes(secret.path) ? paths.at(-1) : undefined;
}

/** A file on a mount is in no layer. */
function isMountedOver({ mounts }: RunInstruction, file: string): boolean {
  return mounts.some(({ options }) => {
    const target = options.get('target');
    return target !== undefined && (file === target || file.startsWith(`${target.replace(/\/$/, '')}/`));
  });
}

/** First and last index of the commands that are joined by pipes. */
function* pipelines(commands: readonly ShellCommand[]): Generator<readonly [number, number]> {
  let first = 0;
  for (let index = 1; index <= commands.length; index += 1) {
    if (commands[index]?.joinedBy === '|') continue;
    yield [first, index - 1];
    first = index;
  }
}

/** Programs that only pass on what they are given. */
const PASSING = /^(?:echo|printf|cat|base64|tr|sed|tee|envsubst|openssl)$/;

function fileOf(group: readonly ShellCommand[], source: string): string | undefined {
  const last = group.at(-1);
  if (last === undefined) return undefined;
  if (group.every((one) => PASSING.test(effectiveWords(one)[0] ?? ''))) {
    const unquoted = source.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"/gs, (quoted) =>
      /[\s>]/.test(quoted) ? ' ' : quoted,
    );
    const [, target] = /(?<![\d&<>])1?>{1,2}\s*([^\s;&|()<>]+)/.exec(unquoted) ?? [];
    const file =
      target ??
      (effectiveWords(last)[0] === 'tee' ? last.args.find(({ raw }) => !raw.startsWith('-'))?.raw : undefined);
    if (file !== undefined) return file.startsWith('/dev/') ? undefined : file.replaceAll(/["']/g, '');
    const edited = effectiveWords(last)[0] === 'sed' && last.args.some(({ raw }) => /^(?:-i|--in-place)/.test(raw));
    return edited ? last.args.at(-1)?.raw : undefined;
  }
  return KEEPERS.find(({ call }) => callsFor(last, ...call))?.file;
}

/** Commands that keep what they are told, and where. */
const KEEPERS: readonly { readonly call: readonly (string | RegExp)[]; readonly file: string }[] = [
  { call: [/^(?:npm|pnpm)$/, 'config', 'set'], file: '~/.npmrc' },
  { call: ['yarn', 'config', 'set'], file: '~/.yarnrc' },
  { call: [/^pip3?$/, 'config', 'set'], file: 'pip.conf' },
  { call: ['git', 'config'], file: '~/.gitconfig' },
  { call: ['composer', 'config'], file: 'auth.json' },
  { call: ['poetry', 'config'], file: 'auth.toml' },
  { call: [/^bundler?$/, 'config'], file: '.bundle/config' },
  { call: ['aws', 'configure', 'set'], file: '~/.aws/credentials' },
  { call: [/^(?:docker|podman|helm|crane)$/, 'login'], file: '~/.docker/config.json' },
];

/** Commands that take such a file away again, with what they leave no trace of. */
const TAKERS: readonly { readonly call: readonly (string | RegExp)[]; readonly file: string }[] = [
  { call: [/^(?:npm|pnpm)$/, 'config', /^(?:delete|rm)$/], file: '.npmrc' },
  { call: ['yarn', 'config', /^(?:delete|unset)$/], file: '.yarnrc' },
  { call: [/^pip3?$/, 'config', 'unset'], file: 'pip.conf' },
  { call: ['docker', 'logout'], file: '.docker/config.json' },
];

function removedBy(command: ShellCommand): readonly string[] {
  const [program] = effectiveWords(command);
  if (program === 'rm' || program === 'shred' || program === 'unlink')
    return command.args.filter(({ raw }) => !raw.startsWith('-')).map(({ raw }) => plain(raw));
  if (program === 'git' && command.args.some(({ raw }) => /^--(?:unset|unset-all|remove-section)$/.test(raw)))
    return ['.gitconfig'];
  if (program === 'composer' && command.args.some(({ raw }) => raw === '--unset')) return ['auth.json'];
  return TAKERS.filter(({ call }) => callsFor(command, ...call)).map(({ file }) => file);
}

/** A path without quotes and without the folder that a variable or `~` stands for. */
function plain(path: string): string {
  return path
    .replaceAll(/["']/g, '')
    .replace(/^(?:~|\$\w+|\$\{\w+\}|\.)\//, '')
    .replace(/\/+\*?$/, '');
}
