/** One data folder and the service that is killed on it again and again; knows what was accepted, and judges what became of it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { isEnded, mayFollow } from '../../src/core/build-states.ts';
import { Build, BuildEvent, BuildState } from '../../src/schemas/build.ts';
import { startService } from '../../test/helpers/service.ts';
import type { Service } from '../../test/helpers/service.ts';
import type { Random } from './random.ts';

/** A service that can be started, killed, and looked at in the end. */
export interface Harbour {
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Submits a build of which the answer may get lost. */
  submit(random: Random): Promise<void>;
  wasUsed(): boolean;
  /** Lets everything come to its end; what was seen, and what is wrong. */
  settle(): Promise<{ readonly told: string; readonly wrong: readonly string[] }>;
}

const SECRET = 'c4nary-of-the-soak-8Zt2';
const ENDED = BuildState.options.filter(isEnded);
/** Longer than any of these builds takes, all that wait before it included. */
const SETTLE_MS = 10 * 60_000;
const Row = z.object({ id: z.string(), sealed: z.unknown() });

/** Makes one. `left`: what is still on its engine. */
export function makeHarbour(needs: {
  readonly data: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly left: () => Promise<readonly string[]>;
}): Harbour {
  const { data, program, env, left } = needs;
  const accepted = new Map<string, string>();
  /** Keys whose answer got lost: whether their build was accepted, only asking again tells. */
  const open = new Set<string>();
  let service: Service | undefined;
  let starts = 0;
  let keys = 0;

  const start = async (): Promise<void> => {
    starts += 1;
    service = await startService({ ...env, DRYDOCK_DATA_DIR: data, DRYDOCK_QUEUE_LIMIT: '1000' }, program);
  };
  const kill = async (): Promise<void> => {
    await service?.stop('SIGKILL');
  };
  const send = async (key: string): Promise<void> => {
    try {
      const form = new FormData();
      form.set('options', JSON.stringify({ profile: 'job', project: `p${key.length}`, env: { TOKEN: SECRET } }));
      form.set('dockerfile', `FROM busybox:1.37\nRUN echo ${key}\nUSER 1001\nCMD ["sh", "-c", "sleep 1; echo done"]\n`);
      const answer = await fetch(`${service?.url}/build-verify`, {
        method: 'POST',
        body: form,
        headers: { 'idempotency-key': key },
      });
      const { id } = Build.parse(await answer.json());
      const before = accepted.get(key);
      if (before !== undefined && before !== id) throw new Error(`two builds of the key ${key}: ${before} and ${id}`);
      accepted.set(key, id);
      open.delete(key);
    } catch (error) {
      // Killed in the middle of it. Anything else is a fault.
      if (!(error instanceof TypeError)) throw error;
      open.add(key);
    }
  };

  const waitForAll = async (): Promise<void> => {
    const end = performance.now() + SETTLE_MS;
    for (const id of accepted.values()) {
      for (;;) {
        const build = Build.parse(await (await fetch(`${service?.url}/build-verify/${id}?wait=30`)).json());
        if (build.finishedAt !== null) break;
        if (performance.now() > end) throw new Error(`${id} does not come to an end: ${build.state}`);
      }
    }
  };

  return {
    start,
    kill,
    wasUsed: () => starts > 0,
    submit: async (random) => {
      keys += 1;
      await send(`key-${keys}-${'x'.repeat(random.below(3))}`);
    },
    settle: async () => {
      await start();
      for (const key of [...open]) await send(key);
      await waitForAll();
      const leftOver = await left();
      await service?.stop();
      const wrong = [
        ...leftOver.map((one) => `left on the engine: ${one}`),
        ...readdirSync(join(data, 'spool')).map((name) => `left in the spool: ${name}`),
      ];
      const rows = new Database(join(data, 'drydock.sqlite'), { readonly: true });
      const stored = rows
        .prepare('select id, sealed from builds')
        .all()
        .map((row) => Row.parse(row));
      const known = new Set(accepted.values());
      for (const { id, sealed } of stored) {
        if (!known.has(id)) wrong.push(`${id} was submitted by nobody`);
        if (sealed !== null) wrong.push(`${id} still has its secrets`);
        if (!existsSync(join(data, 'logs', `${id}.log`))) wrong.push(`${id} has no log`);
      }
      for (const id of known) if (!stored.some((row) => row.id === id)) wrong.push(`${id} is lost`);
      let attempts = 0;
      for (const id of known) {
        const events = rows
          .prepare('select seq, at, attempt, state from build_events where build_id = ? order by seq')
          .all(id)
          .map((row) => BuildEvent.parse(row));
        wrong.push(...faultsIn(events).map((fault) => `${id}: ${fault}`));
        attempts += events.at(-1)?.attempt ?? 0;
      }
      const ends = ENDED.map(
        (state) => `${Number(rows.prepare('select count(*) from builds where state = ?').pluck().get(state))} ${state}`,
      );
      rows.close();
      return { told: `${known.size} builds in ${attempts} attempts: ${ends.join(', ')}`, wrong };
    },
  };
}

/** Each state may follow the one before it, or begins a new attempt; one end, and that last. */
function faultsIn(events: readonly BuildEvent[]): readonly string[] {
  const faults: string[] = [];
  const ends = events.filter(({ state }) => ENDED.includes(state));
  if (ends.length !== 1 || ends[0] !== events.at(-1)) faults.push(`came to ${ends.length} ends`);
  if (ends[0]?.state === 'cancelled') faults.push('was cancelled by nobody');
  if (ends[0]?.state === 'errored' && ends[0].attempt < 3) faults.push('errored before its third attempt');
  for (const [index, event] of events.entries()) {
    const before = events[index - 1];
    const isRight =
      before === undefined
        ? event.state === 'queued' && event.attempt === 1
        : event.attempt === before.attempt
          ? mayFollow(before.state, event.state)
          : event.attempt === before.attempt + 1 && event.state === 'queued';
    if (!isRight)
      faults.push(`${event.state} (attempt ${event.attempt}) does not follow ${before?.state ?? 'nothing'}`);
  }
  return faults;
}
