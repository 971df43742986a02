/**
 * A log as text -> its sections: each step of the build with its own lines, though steps print side by side; each phase; each attempt.
 * Pure. The text is as the service prints it, like `docker build --progress=plain` with `-- phase` between.
 */

/** How a section stands. `told`: there is nothing to stand or fall. */
export type SectionState = 'running' | 'done' | 'cached' | 'error' | 'told';

/** Lines that belong together. Grows in place: fifty thousand lines are not copied for each that comes. */
export interface LogSection {
  readonly key: string;
  readonly kind: 'attempt' | 'step' | 'phase' | 'end';
  /** `#7` of a step. */
  readonly number: string;
  readonly title: string;
  state: SectionState;
  seconds: number | undefined;
  readonly lines: string[];
  /** Number of the first line in the whole text, from 1. */
  readonly at: number;
}

/** Reads a log piece by piece. */
export interface LogReader {
  readonly sections: readonly LogSection[];
  /** How many lines there are. */
  readonly count: number;
  /** Takes what has come; a line counts when its end has come. */
  push(text: string): void;
}

const STEP_LINE = /^(#\d+) (.*)$/;
const STEP_END = /^(?:DONE (?<seconds>\d+(?:\.\d+)?)s|CACHED|ERROR: (?<error>.*))$/;
const PHASE_WORDS: Readonly<Record<string, string>> = {
  run: 'Run: the container is started and asked',
  stop: 'Stop: the container is told to end',
  image: 'Image, variants and rebuild',
};
const END_LINE = /^(?:passed|failed|errored|cancelled|the engine went away|the service stops)\b/;

/** Makes a reader of one log. */
export function makeLogReader(): LogReader {
  const sections: LogSection[] = [];
  let steps = new Map<string, LogSection>();
  let rest = '';
  let count = 0;

  const open = (kind: LogSection['kind'], number: string, title: string, state: SectionState): LogSection => {
    const section: LogSection = {
      ...{ key: `${sections.length}`, kind, number, title, state, seconds: undefined, lines: [], at: count },
    };
    sections.push(section);
    return section;
  };
  const ofStep = (number: string, text: string): void => {
    const known = steps.get(number);
    // The first step once more, after it had ended: another try, which counts anew.
    const isAnew = number === '#1' && known?.title === text && known.state !== 'running';
    if (isAnew) steps = new Map();
    const step = isAnew ? undefined : known;
    if (step === undefined) {
      steps.set(number, open('step', number, text, 'running'));
      return;
    }
    const end = STEP_END.exec(text);
    if (end === null) {
      step.lines.push(text);
      return;
    }
    const { seconds, error } = end.groups ?? {};
    step.state = error !== undefined ? 'error' : seconds === undefined ? 'cached' : 'done';
    if (seconds !== undefined) step.seconds = Number(seconds);
    if (error !== undefined) step.lines.push(`ERROR: ${error}`);
  };
  const between = (text: string): void => {
    const last = sections.at(-1);
    if (last?.kind === 'phase' && last.state === 'running') last.state = 'done';
    if (text.startsWith('attempt ')) {
      steps = new Map();
      open('attempt', '', text.replace(/, .*$/, '').replace(/^a/, 'A'), 'told');
    } else if (END_LINE.test(text)) {
      const isBad = !/^(?:passed|cancelled|the )/.test(text);
      open('end', '', `${text[0]?.toUpperCase()}${text.slice(1)}`, isBad ? 'error' : 'told');
      for (const section of sections) if (section.state === 'running') section.state = 'told';
    } else open('phase', '', PHASE_WORDS[text] ?? text, 'running');
  };
  const line = (text: string): void => {
    count++;
    const step = STEP_LINE.exec(text);
    if (step !== null) ofStep(step[1] ?? '', step[2] ?? '');
    else if (text.startsWith('-- ')) between(text.slice(3));
    else if (text !== '' || sections.length > 0) {
      (sections.at(-1) ?? open('phase', '', 'Log', 'told')).lines.push(text);
    }
  };
  return {
    sections,
    get count() {
      return count;
    },
    push: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const one of lines) line(one);
    },
  };
}

/** The steps of the latest try, in the order in which they began. */
export function latestSteps(sections: readonly LogSection[]): readonly LogSection[] {
  const from = sections.findLastIndex(({ kind, number }) => kind === 'attempt' || number === '#1');
  return sections.slice(Math.max(0, from)).filter(({ kind }) => kind === 'step');
}

/** A line that holds what is looked for. */
export interface Hit {
  readonly section: string;
  readonly line: number;
}

/** Every line with the words, whatever their case; titles are not looked at. Stops at `most`. */
export function find(sections: readonly LogSection[], words: string, most = 10_000): readonly Hit[] {
  if (words === '') return [];
  const wanted = words.toLowerCase();
  const hits: Hit[] = [];
  for (const { key, lines } of sections) {
    for (let line = 0; line < lines.length; line++) {
      if (lines[line]?.toLowerCase().includes(wanted) !== true) continue;
      hits.push({ section: key, line });
      if (hits.length >= most) return hits;
    }
  }
  return hits;
}
