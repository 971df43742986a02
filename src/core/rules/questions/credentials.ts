/**
 * Where a credential stands in a command: one table of programs, options and words that take one.
 * Source: the manuals of the programs.
 */
import type { ShellCommand, Span, Word } from '../../dockerfile/types.ts';
import { effectiveWords } from './installs.ts';
import { secretName } from '../tables/secrets.ts';

/** A credential in a command, literal or out of variables. */
export interface Credential {
  /** What takes it, for a sentence: "the password that mysql is given". Never the value. */
  readonly what: string;
  readonly at: Span;
  /** The value; `undefined` when a variable is in it. */
  readonly text: string | undefined;
  /** The variables in it. */
  readonly variables: readonly string[];
  /** `account`: it opens an account of the image, so that a value everybody knows is worse, not better. */
  readonly kind: 'credential' | 'account' | 'variable';
  /** Anybody would try it first: the name of its account. */
  readonly isName?: boolean;
}

/** What follows an option: the credential, `user:password`, or a header. */
type Form = 'whole' | 'behind colon' | 'header';

interface Row {
  readonly programs: RegExp;
  /** Options whose value is one, as the next word or behind `=`. */
  readonly options: readonly string[];
  /** The value stands right behind this option: `-pSecret`. */
  readonly attached?: string;
  /** Only with this word: `docker login`. */
  readonly word?: string;
  readonly form: Form;
}

const ROWS: readonly Row[] = [
  { programs: /^curl$/, options: ['-u', '--user', '-U', '--proxy-user'], attached: '-u', form: 'behind colon' },
  { programs: /^curl$/, options: ['--oauth2-bearer'], form: 'whole' },
  { programs: /^(?:curl|wget|xh|http)$/, options: ['-H', '--header'], attached: '-H', form: 'header' },
  {
    programs: /^wget$/,
    options: ['--password', '--http-password', '--ftp-password', '--proxy-password'],
    form: 'whole',
  },
  {
    programs: /^(?:mysql|mariadb)(?:-?(?:admin|dump|check|import|show))?$/,
    options: [],
    attached: '-p',
    form: 'whole',
  },
  { programs: /^sshpass$/, options: ['-p'], attached: '-p', form: 'whole' },
  {
    programs: /^(?:docker|podman|buildah|nerdctl|skopeo|crane|oras|helm|az|heroku)$/,
    word: 'login',
    options: ['-p', '--password'],
    form: 'whole',
  },
  { programs: /^redis-cli$/, options: ['-a', '--pass'], form: 'whole' },
  { programs: /^redis-server$/, options: ['--requirepass', '--masterauth'], form: 'whole' },
  { programs: /^mongo(?:sh|dump|restore|import|export)?$/, options: ['-p', '--password'], form: 'whole' },
  { programs: /^git$/, options: ['-c'], form: 'header' },
];

/** Every program of the rows: most commands are none of them. */
const PROGRAMS = new RegExp(ROWS.map(({ programs }) => programs.source).join('|'));

/** Words in order, the last one the credential; `*` stands for any word. */
const CALLS: readonly (readonly RegExp[])[] = [
  [/^(?:npm|pnpm|yarn)$/, /^config$/, /^set$/, /_authToken$|_auth$|_password$|npmAuthToken$/],
  [/^aws$/, /^configure$/, /^set$/, /secret_access_key$|session_token$/],
  [/^composer$/, /^config$/, /^(?:github-oauth|gitlab-token|gitlab-oauth|bearer)\./],
  [/^composer$/, /^config$/, /^http-basic\./, /./],
  [/^poetry$/, /^config$/, /^pypi-token\./],
  [/^poetry$/, /^config$/, /^http-basic\./, /./],
  [/^rabbitmqctl$/, /^(?:add_user|change_password)$/, /./],
  [/^vault$/, /^login$/],
];

/** Every program of the calls. */
const CALLERS = new RegExp(CALLS.map(([program]) => program?.source).join('|'));

/** Options that take a secret in any program, as the next word. */
const ANYWHERE = /^--(?:password|passwd|token|api-key|access-token|auth-token|client-secret|secret-key)$/;
/** Programs for which those mean something else, or whose words are text. */
const OTHERWISE =
  /^(?:echo|printf|sed|grep|awk|psql|pg_\w+|createuser|createdb|mysql\w*|mariadb\S*|adduser|useradd|usermod|gcloud|buildctl|test|\[)$/;

/** Every credential in the commands of one RUN, CMD, ENTRYPOINT or HEALTHCHECK. Pure; in order. */
export function credentialsIn(commands: readonly ShellCommand[]): readonly Credential[] {
  let credentials = remembered.get(commands);
  if (credentials === undefined) {
    credentials = commands.flatMap((command, index) => [
      ...inAssignments(command),
      ...inOptions(command),
      ...inCalls(command),
      ...inUrls(command),
      ...inPipe(command, command.joinedBy === '|' ? commands[index - 1] : undefined),
    ]);
    remembered.set(commands, credentials);
  }
  return credentials;
}

const remembered = new WeakMap<readonly ShellCommand[], readonly Credential[]>();

function* inOptions(command: ShellCommand): Generator<Credential> {
  if (!command.args.some(isOption)) return;
  const [program, ...rest] = effectiveWords(command);
  if (program === undefined) return;
  // sudo and the like are taken off in front: the words stand at the end.
  const args = command.args.slice(command.args.length - rest.length);
  const known = PROGRAMS.test(program) ? ROWS : [];
  const rows = known.filter((row) => row.programs.test(program) && (row.word === undefined || rest.includes(row.word)));
  for (const [index, arg] of args.entries()) {
    const written = arg.value ?? arg.raw.replaceAll(/["']/g, '');
    if (!written.startsWith('-')) continue;
    const equals = written.indexOf('=');
    const name = equals === -1 ? written : written.slice(0, equals);
    // `-fsSu user:password`
    const short = program === 'curl' && /^-[a-zA-Z]{2,}$/.test(name) ? `-${name.at(-1)}` : name;
    const row = rows.find(({ options }) => options.includes(short));
    if (row !== undefined) {
      yield* credential(
        `what ${program} is given with ${name}`,
        equals === -1 ? args[index + 1] : arg,
        row.form,
        equals + 1,
      );
      continue;
    }
    const attached = rows.find(
      (one) => one.attached !== undefined && written.startsWith(one.attached) && written.length > 2,
    );
    if (attached?.attached !== undefined && !written.startsWith('--')) {
      yield* credential(`what ${program} is given with ${attached.attached}`, arg, attached.form, 2);
    } else if (!OTHERWISE.test(program) || /^(?:mysql|mariadb)/.test(program)) {
      if (equals !== -1 && isSecretOption(name))
        yield* credential(`what ${program} is given with ${name}`, arg, 'whole', equals + 1);
      else if (
        equals === -1 &&
        ANYWHERE.test(name) &&
        !OTHERWISE.test(program) &&
        args[index + 1]?.raw.startsWith('-') === false
      )
        yield* credential(`what ${program} is given with ${name}`, args[index + 1], 'whole', 0);
    }
  }
}

function isOption({ value, raw }: Word): boolean {
  return value === undefined ? /^["']*-/.test(raw) : value.startsWith('-');
}

function isSecretOption(name: string): boolean {
  return (
    /^--[a-z][\w-]+$/i.test(name) &&
    name !== '--secret' &&
    !/-(?:stdin|prompt|env|from)$/.test(name) &&
    secretName(name.slice(2)) === 'strong'
  );
}

function* inCalls(command: ShellCommand): Generator<Credential> {
  const words = effectiveWords(command);
  const [first = ''] = words;
  if (!first.startsWith('-') && !CALLERS.test(first.split('=', 1)[0] ?? '')) return;
  const args = [undefined, ...command.args.slice(command.args.length - words.length + 1)];
  const plain = words
    .map((word, index) => ({ word, arg: args[index] }))
    .filter(({ word }) => word?.startsWith('-') !== true);
  const program = words[0] ?? '';
  for (const call of CALLS) {
    if (call.length >= plain.length && call.length !== plain.length) continue;
    const matches = call.every((form, index) =>
      form.test((plain[index]?.word ?? plain[index]?.arg?.raw ?? '').split('=', 1)[0] ?? ''),
    );
    if (!matches) continue;
    const last = plain[call.length];
    const before = plain[call.length - 1]?.arg;
    // `npm config set key=value`
    const joined = before?.raw.indexOf('=') ?? -1;
    if (last !== undefined) yield* credential(`what ${program} is told to keep`, last.arg, 'whole', 0);
    else if (joined > 0 && before !== undefined)
      yield* credential(`what ${program} is told to keep`, before, 'whole', joined + 1);
  }
}

/** `https://user:password@host` and `https://token@host` out of variables; literal ones are found by their form. */
function* inUrls(command: ShellCommand): Generator<Credential> {
  for (const { raw, span } of command.args) {
    if (!raw.includes('@')) continue;
    const [, user, password] = /:\/\/([^/\s:@]*)(?::([^/\s@]*))?@/.exec(raw) ?? [];
    const secret = password ?? user;
    const variables = secret === undefined ? [] : variablesIn(secret);
    const isName = password === undefined && variables.every((name) => /USER|NAME|LOGIN/i.test(name));
    if (variables.length > 0 && !isName)
      yield { what: 'what stands before the @ of a URL', at: span, text: undefined, variables, kind: 'credential' };
  }
}

/** `echo user:password | chpasswd` */
function* inPipe(command: ShellCommand, source: ShellCommand | undefined): Generator<Credential> {
  if (source === undefined || !/^(?:echo|printf)$/.test(source.name ?? '')) return;
  const [program, ...rest] = effectiveWords(command);
  const isStdin = program === 'passwd' && rest.includes('--stdin');
  if (program !== 'chpasswd' && !isStdin) return;
  // A hash is not the password.
  if (rest.some((word) => word === '-e' || word === '--encrypted')) return;
  for (const arg of source.args) {
    if (/^-[neE]+$/.test(arg.raw)) continue;
    for (const one of credential('the password of an account', arg, isStdin ? 'whole' : 'behind colon', 0))
      yield { ...one, kind: 'account', isName: arg.value === `${one.text}:${one.text}` };
  }
}

/** `PGPASSWORD=x psql`, `export TOKEN=x` */
function* inAssignments(command: ShellCommand): Generator<Credential> {
  for (const [name, text] of command.assignments) {
    if (text !== undefined && secretName(name) === 'strong')
      yield { what: `the value of ${name}`, at: command.span, text, variables: [], kind: 'variable' };
  }
  if (command.name !== 'export') return;
  for (const { raw, value, span } of command.args) {
    const [, name = '', text = ''] = /^(\w+)=(.*)$/s.exec(value ?? '') ?? [];
    if (secretName(name) === 'strong' && !hasVariable(raw))
      yield { what: `the value of ${name}`, at: span, text, variables: [], kind: 'variable' };
  }
}

function* credential(what: string, word: Word | undefined, form: Form, from: number): Generator<Credential> {
  if (word === undefined) return;
  const isVariable = hasVariable(word.raw);
  const whole = isVariable ? word.raw : word.value;
  if (whole === undefined) return;
  const skipped = isVariable && /^["']/.test(word.raw) ? from + 1 : from;
  const secret = partOf(whole.slice(skipped), form);
  if (secret === undefined) return;
  const variables = isVariable ? variablesIn(secret) : [];
  if (isVariable && variables.length === 0) return;
  yield { what, at: word.span, text: isVariable ? undefined : secret, variables, kind: 'credential' };
}

const HEADER =
  /(?:Authorization\s*[:=]\s*(?:Bearer|Basic|Token|token|bearer|basic|ApiKey)\s+|(?:PRIVATE-TOKEN|JOB-TOKEN|X-Api-Key|X-Auth-Token|X-Vault-Token|X-JFrog-Art-Api)\s*:\s*)(\S+)/i;

function partOf(text: string, form: Form): string | undefined {
  if (form === 'whole') return text;
  if (form === 'header') return HEADER.exec(text)?.[1]?.replace(/["']$/, '');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : text.slice(colon + 1).replace(/\\n$/, '');
}

function hasVariable(raw: string): boolean {
  return /[$`]/.test(raw);
}

/** The names of `$NAME` and `${NAME…}`; nothing of what single quotes and backslashes keep, and nothing of `$(…)`. */
export function variablesIn(raw: string): readonly string[] {
  if (raw.startsWith("'")) return [];
  return [...raw.matchAll(/(?<!\\)\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
}
