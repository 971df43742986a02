/**
 * A Dockerfile's tree as lines that people can read and compare: what case files expect.
 *
 * A word is its value and its place, `curl@3:9-13`; `?` stands for a value that cannot be known; a value with blanks or signs
 * is a JSON string. An instruction begins with its lines, `3` or `3-5`; a command of the shell with `$` and its place.
 */
import { shellCommands } from '../../src/core/dockerfile/shell/shell.ts';
import type {
  Base,
  Command,
  Dockerfile,
  Flag,
  Heredoc,
  Instruction,
  ShellCommand,
  Span,
  Stage,
  Word,
} from '../../src/core/dockerfile/types.ts';

/** All that a Dockerfile says, line by line. */
export function printDockerfile(file: Dockerfile): readonly string[] {
  return [
    ...(file.escape === '\\' ? [] : [`escape ${file.escape}`]),
    ...file.directives.map(({ name, value, span }) => `directive ${name} ${quoted(value)}${place(span)}`),
    ...file.comments.map(({ text, span }) => `comment ${JSON.stringify(text)}${place(span)}`),
    ...file.instructions.flatMap((instruction) => printInstruction(instruction, lines(instruction.span))),
    ...file.stages.flatMap((stage) => printStage(stage)),
    `target ${file.target === undefined ? 'none' : String(file.target.index)}`,
    ...file.unsetVariables.map(({ name, span }) => `unset ${name}${place(span)}`),
    ...file.problems.map(({ code, span }) => `problem ${code}${place(span)}`),
  ];
}

function printInstruction(instruction: Instruction, head: string): readonly string[] {
  const flags = instruction.flags.map((flag) => ` ${printFlag(flag)}`).join('');
  return [
    `${head} ${instruction.keyword}${flags}${printArguments(instruction)}`,
    ...instruction.heredocs.map((heredoc) => `  ${printHeredoc(heredoc)}`),
    ...printMore(instruction),
  ];
}

function printArguments(instruction: Instruction): string {
  switch (instruction.keyword) {
    case 'FROM':
      return ` ${word(instruction.image)}${instruction.alias === undefined ? '' : ` AS ${word(instruction.alias)}`}`;
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
      return printCommand(instruction.command);
    case 'HEALTHCHECK': {
      const options = Object.entries(instruction.options).map(([key, value]) => ` ${key}=${String(value)}`);
      return `${options.join('')}${instruction.command === undefined ? ' none' : printCommand(instruction.command)}`;
    }
    case 'COPY':
    case 'ADD': {
      const source = instruction.source === undefined ? '' : ` from ${printBase(instruction.source)}`;
      return ` ${instruction.sources.map(word).join(' ')} -> ${optional(instruction.destination)}${source}`;
    }
    case 'ENV':
    case 'LABEL':
    case 'ARG':
      return (
        (instruction.isLegacy ? ' legacy' : '') +
        instruction.pairs
          .map(({ key, value }) => ` ${word(key)}${value === undefined ? '' : `=${word(value)}`}`)
          .join('')
      );
    case 'ONBUILD':
      return '';
    case '?':
      return ` ${JSON.stringify(instruction.text)}`;
    default:
      return instruction.words.map((one) => ` ${word(one)}`).join('');
  }
}

function printMore(instruction: Instruction): readonly string[] {
  if (instruction.keyword === 'ONBUILD') {
    return instruction.trigger === undefined ? [] : printInstruction(instruction.trigger, '  trigger');
  }
  const mounts = instruction.keyword === 'RUN' ? instruction.mounts : [];
  const command = 'command' in instruction && instruction.keyword !== 'SHELL' ? instruction.command : undefined;
  return [
    ...mounts.map(({ type, options, source }) => {
      const given = [...options].map(([key, value]) => ` ${key}=${value === undefined ? '?' : quoted(value)}`);
      return `  mount ${type}${given.join('')}${source === undefined ? '' : ` from ${printBase(source)}`}`;
    }),
    ...(command === undefined
      ? []
      : shellCommands(command).map((one) => `  $${place(one.span)} ${printShellCommand(one)}`)),
  ];
}

function printCommand(command: Command): string {
  if (command.form === 'exec') return ` exec${command.args.map((one) => ` ${word(one)}`).join('')}`;
  return ` shell ${JSON.stringify(command.text)}${place(command.span)}${command.brokenJson ? ' broken-json' : ''}`;
}

function printShellCommand({ name, args, assignments, joinedBy }: ShellCommand): string {
  const parts = [
    ...(joinedBy === '' ? [] : [joinedBy]),
    ...[...assignments].map(([key, value]) => `${key}=${value === undefined ? '?' : quoted(value)}`),
    ...(name === '' ? [] : [name === undefined ? '?' : quoted(name)]),
    ...args.map(word),
  ];
  return parts.join(' ');
}

function printHeredoc({ name, fileDescriptor, expands, stripsTabs, content, span }: Heredoc): string {
  const number = fileDescriptor === 0 ? '' : `${fileDescriptor} `;
  const how = `${expands ? '' : ' literal'}${stripsTabs ? ' strips' : ''}`;
  return `heredoc ${number}${quoted(name)}${how} ${JSON.stringify(content)}${place(span)}`;
}

function printFlag({ name, value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name}=${word(value)}`;
}

function printBase(base: Base): string {
  switch (base.kind) {
    case 'scratch':
      return 'scratch';
    case 'stage':
      return `stage ${base.stage.index}`;
    case 'image': {
      const { registry, repository, tag, digest } = base.reference;
      const end = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
      return `image ${registry}/${repository}${end}`;
    }
    case 'unknown':
      return 'unknown';
    default:
      return base satisfies never;
  }
}

function printStage(stage: Stage): readonly string[] {
  const { state } = stage;
  const uses = stage.uses.length === 0 ? '' : ` uses ${stage.uses.map(({ index }) => index).join(' ')}`;
  const line = (instruction: Instruction): string => `line ${instruction.span.start.line}`;
  return [
    `stage ${stage.index} ${stage.name ?? '-'} on ${printBase(stage.base)}${uses}${stage.isReachable ? '' : ' unreachable'}`,
    ...stage.triggers.flatMap((trigger) => printInstruction(trigger, '  runs')),
    ...(state.user === undefined ? [] : [`  user ${word(state.user)}`]),
    ...(state.workdir === undefined ? [] : [`  workdir ${quoted(state.workdir)}`]),
    ...[...state.env].map(([key, value]) => `  env ${key}=${value === undefined ? '?' : quoted(value)}`),
    ...[...state.labels].map(([key, value]) => `  label ${quoted(key)}=${value === undefined ? '?' : quoted(value)}`),
    ...(state.shell.join(' ') === '/bin/sh -c' ? [] : [`  shell ${JSON.stringify(state.shell)}`]),
    ...(state.cmd === undefined ? [] : [`  cmd ${line(state.cmd)}`]),
    ...(state.entrypoint === undefined ? [] : [`  entrypoint ${line(state.entrypoint)}`]),
    ...(state.healthcheck === undefined
      ? []
      : [`  healthcheck ${line(state.healthcheck)}${state.healthcheck.command === undefined ? ' none' : ''}`]),
    ...(state.exposed.length === 0 ? [] : [`  exposed ${state.exposed.map(word).join(' ')}`]),
    ...(state.stopSignal === undefined ? [] : [`  stop signal ${word(state.stopSignal)}`]),
  ];
}

function word(one: Word): string {
  return `${one.value === undefined ? '?' : quoted(one.value)}${place(one.span)}`;
}

function optional(one: Word | undefined): string {
  return one === undefined ? 'nothing' : word(one);
}

function quoted(text: string): string {
  return /^[\w./:,+*=$%(){}<>&;-]+$/.test(text) ? text : JSON.stringify(text);
}

function place({ start, end }: Span): string {
  const last = end.line === start.line ? String(end.column) : `${end.line}:${end.column}`;
  return `@${start.line}:${start.column}-${last}`;
}

function lines({ start, end }: Span): string {
  return start.line === end.line ? String(start.line) : `${start.line}-${end.line}`;
}
