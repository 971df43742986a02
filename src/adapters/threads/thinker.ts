/**
 * The port `Thinker`, served by a pool of threads. What a thread is asked, it cannot be interrupted in: whoever is not done by the
 * deadline is ended with its thread, and another one is started in its place.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { STEPS } from '../../core/thinking.ts';
import type { Answer, Question, TextsOfBuild } from '../../core/thinking.ts';
import { AppError } from '../../use-cases/errors.ts';
import type { Log, Thinker } from '../../use-cases/ports.ts';
import { makeTurns } from './turns.ts';
import type { GiveBack } from './turns.ts';

/** At least two, so that a small question need not wait for a large one; no more than help. */
const THREADS = Math.min(4, Math.max(2, availableParallelism()));
/** Memory of one thread. */
const MEMORY_MB = 768;
/** Questions that wait; each holds its texts. */
const MOST_WAITING = 100;
/** Characters of the texts, and files, from which on a question is a large one. */
const LARGE_TEXT = 64 * 1024;
const MANY_FILES = 2000;

/** A thinker that has to be closed. */
export interface ThreadThinker extends Thinker {
  /** Ends the threads and all that they are at; whoever waits gets `shutting-down`. Safe to repeat. */
  close(): Promise<void>;
}

/** What a thread is asked. */
export interface Order<Asked> {
  readonly asked: Asked;
  /** One cell, in which the thread writes the index of the step (`STEPS`) that it is at. */
  readonly progress: Int32Array;
}

/**
 * Makes the thinker. The first thread starts at once, the others when they are needed.
 *
 * @param threadFile  URL of the module that the threads run: it exports a function for each method of the port
 */
export function makeThinker(needs: {
  readonly threadFile: string;
  readonly timeoutMs: number;
  readonly log: Log;
  readonly threads?: number;
  readonly memoryMb?: number;
}): ThreadThinker {
  const { timeoutMs, log, threads = THREADS, memoryMb = MEMORY_MB } = needs;
  // The small nursery that this process is started with (package.json, Dockerfile.prod) keeps it flat while uploads come through; threads
  // make garbage for a living and get V8's own size. No option of a thread wins over that flag, so it is taken back for those to come.
  setFlagsFromString('--max-semi-space-size=0');
  const pool = new Piscina({
    filename: fileURLToPath(needs.threadFile),
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
    // What this process was started with is of no use there.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  // One that ends while nobody asks it anything; the next question starts another.
  pool.on('error', (err: unknown) => log.warn({ err }, 'an idle thread ended'));
  const turns = makeTurns(threads);
  const closing = new AbortController();

  const ask = async <Told>(
    method: keyof Thinker,
    asked: Asked,
    turn: Promise<GiveBack>,
    ending: AbortSignal,
  ): Promise<Told> => {
    const giveBack = await turn;
    const limit = AbortSignal.timeout(timeoutMs);
    const progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const order: Order<Asked> = { asked, progress };
    try {
      // The thread answers what the method of that name answers.
      return (await pool.run(order, { name: method, signal: AbortSignal.any([limit, ending]) })) as Told;
    } catch (cause) {
      ending.throwIfAborted();
      const isTooMuch = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (!limit.aborted && !isTooMuch) throw cause;
      const step = STEPS[Atomics.load(progress, 0)];
      log.warn({ method, step, isTooMuch, ...sizesOf(asked.texts) }, 'analysis given up');
      const why = isTooMuch
        ? `The analysis needs more than ${memoryMb} MiB of memory.`
        : `The analysis did not end within ${timeoutMs / 1000} seconds.`;
      throw new AppError('analysis-too-costly', `${why} It was given up while ${step}. ${ADVICE}`, { cause });
    } finally {
      giveBack();
    }
  };

  /** Somebody waits for the answer, and would rather hear that there is none soon. */
  const analyze = async (question: Question): Promise<Answer> => {
    if (turns.waiting >= MOST_WAITING) throw queueFull();
    const limit = AbortSignal.timeout(timeoutMs);
    const turn = turns.take(isLarge(question), AbortSignal.any([limit, closing.signal])).catch((error: unknown) => {
      throw limit.aborted ? queueFull() : error;
    });
    return await ask('analyze', question, turn, closing.signal);
  };

  const askForBuild = async <Told>(method: keyof Thinker, asked: Asked, signal: AbortSignal): Promise<Told> => {
    const ending = AbortSignal.any([signal, closing.signal]);
    return await ask(method, asked, turns.take(isLarge(asked), ending), ending);
  };

  return {
    analyze,
    plan: (question, signal) => askForBuild('plan', question, signal),
    explain: (question, signal) => askForBuild('explain', question, signal),
    close: async () => {
      closing.abort(new AppError('shutting-down', 'The service is stopping. Try again in a few seconds.'));
      await pool.destroy();
    },
  };
}

/** Whatever is asked, it is about texts. */
interface Asked {
  readonly texts: TextsOfBuild;
}

const ADVICE =
  'Make the Dockerfile and the ignore file shorter, or send fewer files; the operator can raise DRYDOCK_ANALYSIS_TIMEOUT_SECONDS.';

function queueFull(): AppError {
  return new AppError('analysis-queue-full', 'Too many analyses are under way. Try again in a few seconds.');
}

function isLarge({ texts }: Asked): boolean {
  const { characters, files } = sizesOf(texts);
  return characters > LARGE_TEXT || files > MANY_FILES;
}

function sizesOf({ dockerfile, ignore, files = [] }: TextsOfBuild): { characters: number; files: number } {
  return { characters: dockerfile.length + (ignore?.text.length ?? 0), files: files.length };
}
