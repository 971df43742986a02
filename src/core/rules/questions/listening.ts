/** Where a started command listens, and whether it is a server for development: command lines read with servers.ts. */
import type { Word } from '../../dockerfile/types.ts';
import { finalStage } from './ask.ts';
import { fileInImage } from './image-files.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';
import { servers } from '../tables/servers.ts';
import type { Server } from '../tables/servers/types.ts';
import { isAllArguments, startedCommands } from './start-commands.ts';
import type { Started } from './start-commands.ts';

/** One server that the container starts. */
export interface Listener {
  readonly server: Server;
  readonly started: Started;
  /** Where it listens; `undefined` when it cannot be known. */
  readonly host: Given | undefined;
  readonly port: Given | undefined;
  /** What would say where it listens, as written, when it has no value here; `undefined`: nothing of the kind. */
  readonly hiddenHost: string | undefined;
  /** The option or word that makes it one for development. */
  readonly development: string | undefined;
}

/** A value, and how it came to be. */
export interface Given {
  readonly value: string;
  /** `written`: in the command; `variable`: by a variable, in it or beside it; `default`: nobody says. */
  readonly by: 'written' | 'variable' | 'default';
}

/** The servers that the container starts, in order. */
export const listeners = question((subject): readonly Listener[] =>
  startedCommands(subject).flatMap((started) => {
    const listener = readListener(started, subject);
    return listener === undefined ? [] : [listener];
  }),
);

/** The server among these commands that one of them is; `undefined` for another program. */
export function serverOf(started: Started): Server | undefined {
  return find(normalWords(started.words))?.server;
}

/** True for a host that only the container itself can reach. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** Numbers of the ports that EXPOSE names; `undefined` when one of them cannot be known. */
export const exposedPorts = question(
  (subject): readonly { readonly from: number; readonly to: number }[] | undefined => {
    const ports: { from: number; to: number }[] = [];
    for (const { value } of finalStage(subject)?.state.exposed ?? []) {
      const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(\w+))?$/.exec(value ?? '');
      if (match === null) return undefined;
      ports.push({ from: Number(match[1]), to: Number(match[2] ?? match[1]) });
    }
    return ports;
  },
);

/** Given, and not known: as it is written. */
interface Hidden {
  readonly raw: string;
}

type Words = readonly Pick<Word, 'value' | 'raw'>[];

/**
 * The words as the table knows them: the program without its folder, `python -m X` and `python manage.py` as what they run,
 * `php artisan` as `artisan`.
 */
export function normalWords(words: Words): Words {
  const [first, ...rest] = words;
  const program = programOf(first?.value)?.replace(/^(?:python|pypy)[\d.]*$/, 'python');
  if (first === undefined || program === undefined) return words;
  if (program === 'python') {
    const at = rest.findIndex(({ value }) => value === undefined || value === '-m' || !value.startsWith('-'));
    const target = rest[at];
    if (target?.value === '-m') return normalWords(rest.slice(at + 1));
    if (programOf(target?.value) === 'manage.py') return [named('manage.py'), ...rest.slice(at + 1)];
  }
  if (program === 'php' && programOf(rest[0]?.value) === 'artisan') return [named('artisan'), ...rest.slice(1)];
  if (program === 'ruby' && /^(?:bin\/)?rails$/.test(rest[0]?.value ?? '')) return [named('rails'), ...rest.slice(1)];
  return [{ ...first, value: program }, ...rest];
}

function named(value: string): Words[number] {
  return { value, raw: value };
}

const byProgram = new Map<string, { server: Server; call: readonly string[] }[]>();
for (const server of servers) {
  for (const call of server.calls) {
    const program = call[0] ?? '';
    byProgram.set(
      program,
      [...(byProgram.get(program) ?? []), { server, call }].toSorted((a, b) => b.call.length - a.call.length),
    );
  }
}

function find(words: Words): { readonly server: Server; readonly args: Words } | undefined {
  // `flask --app shop run`
  for (const { server, call } of byProgram.get(words[0]?.value ?? '') ?? []) {
    const [, verb] = call;
    if (verb === undefined) {
      // vite has verbs of its own that serve nothing.
      if (server.name === 'vite' && /^(?:build|optimize)$/.test(words[1]?.value ?? '')) return undefined;
      return { server, args: words.slice(1) };
    }
    const at = words.findIndex(({ value }, index) => index > 0 && value === verb);
    const isFirst = at === 1 || words.slice(1, at).some(({ value }) => value?.startsWith('-') === true);
    if (at > 0 && isFirst) return { server, args: words.slice(1).toSpliced(at - 1, 1) };
  }
  return undefined;
}

function readListener(started: Started, subject: Subject): Listener | undefined {
  const found = find(normalWords(started.words));
  if (found === undefined) return undefined;
  const { server, args } = found;
  const onlyTells = args.some(({ value }) => /^(?:--version|--help|-V)$/.test(value ?? ''));
  if (onlyTells) return undefined;
  return { server, started, ...whereOf(server, args, started, subject), development: developmentOf(server, args) };
}

function developmentOf(server: Server, args: Words): string | undefined {
  if (server.development === 'always') return server.name;
  const words = new Set(args.map(({ value }) => value?.split('=', 1)[0]));
  return server.development.find((flag) => words.has(flag));
}

type Where = Pick<Listener, 'host' | 'port' | 'hiddenHost'>;

function whereOf(server: Server, args: Words, started: Started, subject: Subject): Where {
  const env = finalStage(subject)?.state.env;
  const variable = (names: readonly string[]): Given | Hidden | undefined => {
    for (const name of names) {
      if (!started.assignments.has(name) && env?.has(name) !== true) continue;
      const value = started.assignments.has(name) ? started.assignments.get(name) : env?.get(name);
      return value === undefined ? { raw: name } : { value, by: 'variable' };
    }
    return undefined;
  };
  // A word that cannot be known may be any option.
  const hidden = args.find(
    ({ raw, value }) => value === undefined && /^"?\$/.test(raw) && !isValueOf(server, args, raw),
  );
  const isConfigured =
    server.configVariables.some((name) => started.assignments.has(name) || env?.has(name) === true) ||
    args.some(({ value }) => server.configOptions.includes(value?.split('=', 1)[0] ?? '')) ||
    (server.configFiles.length > 0 &&
      (subject.context.files === undefined ||
        server.configFiles.some((name) => fileInImage(subject, `./${name}`) !== undefined)));
  const address = optionOf(server.address, args) ?? (server.positional === true ? addressIn(args) : undefined);
  if (address !== undefined) {
    const split = 'raw' in address ? undefined : splitAddress(address, server);
    const host = 'raw' in address ? hostWithin(address, /^(?:(?:tcp|http):\/\/)?(?:HOST):/) : split?.host;
    return { host: known(host), port: split?.port, hiddenHost: rawOf(host) };
  }
  const told = optionOf(server.host, args, server.bareHost);
  const host =
    told === undefined || !('raw' in told) ? (told ?? variable(server.hostVariables)) : hostWithin(told, /^(?:HOST)$/);
  const port = optionOf(server.port, args) ?? variable(server.portVariables);
  const isOpen = isConfigured || hidden !== undefined;
  const mayBeTold = !isConfigured && server.defaultHost === 'loopback' && !isAllArguments(hidden?.raw);
  return {
    host: host === undefined ? defaultOf(isOpen, hostOf(server)) : known(host),
    port: port === undefined ? defaultOf(isOpen, server.defaultPort?.toString()) : known(port),
    hiddenHost: host === undefined ? (mayBeTold ? hidden?.raw : undefined) : rawOf(host),
  };
}

/** The host of `0.0.0.0:$PORT` and of `${HOST:-0.0.0.0}`; what is reached unless somebody says otherwise is no loopback. */
function hostWithin({ raw }: Hidden, form: RegExp): Given | Hidden {
  const whole = new RegExp(
    form.source.replace('HOST', String.raw`(\[[\da-f:.]*\]|[\w.*-]*)|\$\{\w+:?[-=]([\w.:[\]]+)\}`),
    'i',
  );
  const [, written, unlessSaid] = whole.exec(raw.replaceAll(/["']/g, '')) ?? [];
  if (written !== undefined) return { value: written === '' ? '0.0.0.0' : written, by: 'written' };
  return unlessSaid === undefined || isLoopback(unlessSaid) ? { raw } : { value: unlessSaid, by: 'variable' };
}

function known(given: Given | Hidden | undefined): Given | undefined {
  return given === undefined || 'raw' in given ? undefined : given;
}

function rawOf(given: Given | Hidden | undefined): string | undefined {
  return given !== undefined && 'raw' in given ? given.raw : undefined;
}

function hostOf({ defaultHost }: Server): string | undefined {
  return defaultHost === 'unknown' ? undefined : defaultHost === 'loopback' ? '127.0.0.1' : '0.0.0.0';
}

function defaultOf(isConfigured: boolean, value: string | undefined): Given | undefined {
  return isConfigured || value === undefined ? undefined : { value, by: 'default' };
}

function isValueOf(server: Server, args: Words, raw: string): boolean {
  const at = args.findIndex((one) => one.raw === raw);
  return [...server.host, ...server.port, ...server.address].includes(args[at - 1]?.value ?? '');
}

/** The value of the last of these options. */
function optionOf(names: readonly string[], args: Words, bare = false): Given | Hidden | undefined {
  let given: Given | Hidden | undefined;
  for (const [index, { value, raw }] of args.entries()) {
    const text = value ?? raw;
    const name = names.find(
      (one) => text === one || text.startsWith(`${one}=`) || (/^-\w$/.test(one) && text.startsWith(one)),
    );
    if (name === undefined) continue;
    const word = text === name ? args[index + 1] : within({ raw, value }, name.length);
    if (text === name && bare && (word === undefined || word.value?.startsWith('-') === true))
      given = { value: '0.0.0.0', by: 'written' };
    else if (word?.value === undefined) given = { raw: word?.raw ?? '' };
    else given = { value: word.value, by: word.raw.includes('$') ? 'variable' : 'written' };
  }
  return given;
}

/** What stands behind the name of an option, in the same word. */
function within({ raw, value }: Words[number], length: number): Words[number] {
  return { raw: raw.slice(length).replace(/^=/, ''), value: value?.slice(length).replace(/^=/, '') };
}

/** The first word that is no option: `0.0.0.0:8000`, `8000`. */
function addressIn(args: Words): Given | Hidden | undefined {
  const word = args.find(({ value }) => value === undefined || /^(?:[\w.:[\]*-]*:)?\d{1,5}$/.test(value));
  if (word === undefined) return undefined;
  return word.value === undefined
    ? { raw: word.raw }
    : { value: word.value, by: word.raw.includes('$') ? 'variable' : 'written' };
}

/** Host and port of `0.0.0.0:8000`, `:8000`, `8000`, `tcp://…`; nothing of sockets and descriptors. */
function splitAddress(
  { value, by }: Given,
  { positional }: Server,
): { readonly host: Given; readonly port: Given } | undefined {
  const match = /^(?:(?:tcp|http):\/\/)?(?:(\[[\da-f:.]*\]|[\w.*-]*):)?(\d{1,5})\/?$/i.exec(value);
  if (match?.[2] === undefined) return undefined;
  // Django takes a bare port for one of 127.0.0.1; the others listen on that of all interfaces, or do not know it.
  const host = match[1] ?? (positional === true ? '127.0.0.1' : '');
  return { host: { value: host === '' ? '0.0.0.0' : host, by }, port: { value: match[2], by } };
}
