/**
 * What a Dockerfile is to everyone who asks about one: positions, words, instructions, stages.
 * Types only. Made by parse.ts and its neighbours; read by rules, the step-to-line mapping, fixes and the page.
 *
 * Positions always point into the original text, also inside continuations and heredocs, so that an edit replaces
 * exactly those characters. A value that cannot be known from the text is `undefined`, never an empty string.
 */

/** A place in the original text. `offset` counts UTF-16 units from 0; line and column are 1-based. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A range of the original text; `end` is exclusive. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/** The variables in force at an instruction. */
export interface Environment {
  /** The value; `null`: known to be unset; `undefined`: cannot be known from the text. */
  get(name: string): string | null | undefined;
}

/** One argument: as written, and as BuildKit would read it after quotes, escapes and variables. */
export interface Word {
  readonly raw: string;
  /** The value after expansion; `undefined` when a variable in it cannot be known. */
  readonly value: string | undefined;
  readonly span: Span;
}

/** `--name=value` of an instruction; `value` is `undefined` for a bare `--name`. */
export interface Flag {
  readonly name: string;
  readonly value: Word | undefined;
  readonly span: Span;
}

/** `key=value` of ENV, ARG and LABEL. */
export interface Pair {
  readonly key: Word;
  /** `undefined`: ARG without a default. */
  readonly value: Word | undefined;
  readonly span: Span;
}

/** A here-document: what stands between the redirection and its end mark. */
export interface Heredoc {
  readonly name: string;
  /** The number before `<<`; 0 when there is none. */
  readonly fileDescriptor: number;
  /** `false` when the delimiter was quoted. */
  readonly expands: boolean;
  readonly stripsTabs: boolean;
  /** What a program would read: the lines as written, without their leading tabs when they are stripped. */
  readonly content: string;
  /** Span of the content, without the end mark. */
  readonly span: Span;
  /** The end mark, without the tabs before it; `undefined` when the file ends before it comes. */
  readonly endMark: Span | undefined;
}

/** What RUN, CMD, ENTRYPOINT, SHELL and HEALTHCHECK CMD start. */
export interface Command {
  /** `exec`: a JSON array. `shell`: text that a shell reads. */
  readonly form: 'exec' | 'shell';
  /** Arguments of the exec form; empty in shell form. */
  readonly args: readonly Word[];
  /** Joined text of the shell form; of an exec form the text as written. */
  readonly text: string;
  /** Shell form, but it begins with `[`: meant as JSON, and silently not. */
  readonly brokenJson: boolean;
  readonly heredocs: readonly Heredoc[];
  readonly span: Span;
  /** What reads the shell form: SHELL, or the default of the platform. */
  readonly shell: readonly string[];
  /** The variables that ENV and ARG have set where the command stands. */
  readonly env: Environment;
}

interface Common {
  /** Upper case, as BuildKit compares it. */
  readonly keyword: string;
  readonly keywordSpan: Span;
  /** From the keyword to the end of its last line, heredocs included. */
  readonly span: Span;
  readonly flags: readonly Flag[];
  readonly heredocs: readonly Heredoc[];
}

/** FROM. */
export interface FromInstruction extends Common {
  readonly keyword: 'FROM';
  readonly image: Word;
  readonly platform: Word | undefined;
  readonly alias: Word | undefined;
}

/** RUN, in shell form, exec form or as a heredoc. */
export interface RunInstruction extends Common {
  readonly keyword: 'RUN';
  readonly command: Command;
  readonly mounts: readonly Mount[];
}

/** CMD, ENTRYPOINT and SHELL. */
export interface CommandInstruction extends Common {
  readonly keyword: 'CMD' | 'ENTRYPOINT' | 'SHELL';
  readonly command: Command;
}

/** COPY and ADD. */
export interface CopyInstruction extends Common {
  readonly keyword: 'COPY' | 'ADD';
  readonly sources: readonly Word[];
  readonly destination: Word | undefined;
  readonly from: Word | undefined;
  /** What `--from` names; `undefined`: the build context. */
  readonly source: Base | undefined;
  readonly chown: Word | undefined;
  readonly chmod: Word | undefined;
  /** `--exclude`, each. */
  readonly excludes: readonly Word[];
}

/** ENV, LABEL and ARG. */
export interface PairsInstruction extends Common {
  readonly keyword: 'ENV' | 'LABEL' | 'ARG';
  readonly pairs: readonly Pair[];
  /** `ENV name value`, the old form without `=`. */
  readonly isLegacy: boolean;
}

/** The instructions whose arguments are plain words. */
export interface WordsInstruction extends Common {
  readonly keyword: 'USER' | 'WORKDIR' | 'STOPSIGNAL' | 'EXPOSE' | 'VOLUME' | 'MAINTAINER';
  readonly words: readonly Word[];
}

/** HEALTHCHECK CMD, or NONE. */
export interface HealthcheckInstruction extends Common {
  readonly keyword: 'HEALTHCHECK';
  /** `undefined`: HEALTHCHECK NONE. */
  readonly command: Command | undefined;
  /** Milliseconds of each option that is given and known; absent otherwise. */
  readonly options: {
    readonly intervalMs?: number;
    readonly timeoutMs?: number;
    readonly startPeriodMs?: number;
    readonly startIntervalMs?: number;
    readonly retries?: number;
  };
}

/** ONBUILD, and what it will do in the stage built upon this one. */
export interface OnbuildInstruction extends Common {
  readonly keyword: 'ONBUILD';
  readonly trigger: Instruction | undefined;
}

/** An instruction that BuildKit does not know, or one that it would refuse. */
export interface UnknownInstruction extends Common {
  readonly keyword: '?';
  readonly text: string;
}

/** Any instruction; `keyword` tells which. */
export type Instruction =
  | FromInstruction
  | RunInstruction
  | CommandInstruction
  | CopyInstruction
  | PairsInstruction
  | WordsInstruction
  | HealthcheckInstruction
  | OnbuildInstruction
  | UnknownInstruction;

/** `RUN --mount=type=…`, as far as rules ask for it. */
export interface Mount {
  readonly type: string;
  /** By the long names (`source`, `target`, `readonly`); `undefined`: given, but with a variable that cannot be known. A bare key is `true`. */
  readonly options: ReadonlyMap<string, string | undefined>;
  /** What `from=` names; `undefined`: nothing, or the build context. */
  readonly source: Base | undefined;
  readonly span: Span;
}

/** An image name by the distribution reference grammar. */
export interface ImageReference {
  /** `docker.io` when none is written. */
  readonly registry: string;
  /** Path in the registry, `library/` added for official images: `library/python`. */
  readonly repository: string;
  /** The short name people say: `python`, `astral-sh/uv`. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** What a stage stands on. */
export type Base =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'image'; readonly reference: ImageReference }
  | { readonly kind: 'unknown'; readonly why: string };

/** What the image has after the last instruction of a stage, inherited through `FROM stage`; `undefined`: nothing in this file sets it. */
export interface StageState {
  readonly user: Word | undefined;
  readonly workdir: string | undefined;
  readonly env: ReadonlyMap<string, string | undefined>;
  readonly shell: readonly string[];
  readonly cmd: CommandInstruction | undefined;
  readonly entrypoint: CommandInstruction | undefined;
  readonly healthcheck: HealthcheckInstruction | undefined;
  readonly exposed: readonly Word[];
  readonly labels: ReadonlyMap<string, string | undefined>;
  readonly stopSignal: Word | undefined;
}

/** FROM and what follows until the next one. */
export interface Stage {
  readonly index: number;
  /** Lower case, as BuildKit compares names. */
  readonly name: string | undefined;
  readonly from: FromInstruction;
  readonly base: Base;
  /** What ONBUILD of the stage below runs here, before everything else. */
  readonly triggers: readonly Instruction[];
  /** The instructions after FROM, in order. */
  readonly instructions: readonly Instruction[];
  readonly state: StageState;
  /** The stages that this one is built upon, copies from or mounts, each once. */
  readonly uses: readonly Stage[];
  /** True for the target and all that it needs; the builder leaves the others out. */
  readonly isReachable: boolean;
}

/** What BuildKit would refuse, in our words. The rest of the file is read all the same. */
export interface SyntaxProblem {
  readonly code: string;
  /** When the builder says no: as it reads the file, as it puts the stages together, as it turns a stage into build steps. */
  readonly when: 'reading' | 'joining' | 'building';
  readonly message: string;
  readonly span: Span;
}

/** `# syntax=`, `# escape=` and `# check=` where BuildKit takes them. */
export interface Directive {
  readonly name: string;
  readonly value: string;
  readonly span: Span;
}

/** A comment of its own line; `text` without the leading `#`. */
export interface Comment {
  readonly text: string;
  readonly span: Span;
}

/** A variable that is used and that nothing sets: it becomes an empty string. */
export interface UnsetVariable {
  readonly name: string;
  readonly span: Span;
}

/** A Dockerfile, read. Never partial by exception: what could not be read is in `problems`. */
export interface Dockerfile {
  /** The decoded original, unchanged. */
  readonly text: string;
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  readonly comments: readonly Comment[];
  /** Every instruction in file order, those before the first FROM included. */
  readonly instructions: readonly Instruction[];
  readonly stages: readonly Stage[];
  /** The stage that is built: the named target, else the last one; `undefined` when there is none. */
  readonly target: Stage | undefined;
  readonly problems: readonly SyntaxProblem[];
  /** Variables that are known to be set nowhere. Above a base image, whose variables are not known, there are none to be told. */
  readonly unsetVariables: readonly UnsetVariable[];
}

/** One command that a shell would start, inside RUN or any other shell text. */
export interface ShellCommand {
  /** Program as written, path and all; `undefined` when it is a variable that cannot be known. */
  readonly name: string | undefined;
  /** Everything after the name, redirections left out. */
  readonly args: readonly Word[];
  /** `A=b` in front of the command. */
  readonly assignments: ReadonlyMap<string, string | undefined>;
  /** What joins it to the command before: `''` for the first one and inside groups. */
  readonly joinedBy: '' | '&&' | '||' | ';' | '|' | '&';
  readonly span: Span;
}
