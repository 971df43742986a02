/**
 * The processes of a container, as the engine's host sees them: works for images without a shell, and shows the uid that
 * a process has now, whatever the image's USER says.
 */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { z } from 'zod';
import type { ProcessesSeen } from '../../core/probes/box.ts';

import type { Client } from './client.ts';
import { plainText } from './plain-text.ts';

const Top = z.object({ Titles: z.array(z.string()), Processes: z.array(z.array(z.string())).nullable() });
const Info = z.object({ SecurityOptions: z.array(z.string()).nullish() });

/** Numbers, not names: a name would be looked up on the engine's host, where it means somebody else. */
const COLUMNS = '-eo pid,ppid,uid,ruid,suid,gid,args';
const MAX_PROCESSES = 1000;

const Id = z.coerce.number();
const Row = z.tuple([Id, Id, Id, Id, Id, Id, z.string()]);

/**
 * The process tree of PID 1, which comes first. `pid1` is its number on the host.
 * What was put into the container from outside is left out: the engine runs the HEALTHCHECK as the image's user, also
 * when the service has long given up its rights. Throws like `Ask` when the engine does not answer.
 */
export async function seeProcesses(
  client: Client,
  containerId: string,
  pid1: number,
  signal: AbortSignal,
): Promise<ProcessesSeen> {
  try {
    const info = await client.ask({ to: 'describe itself', reads: Info, signal }, () => client.docker.info());
    if (info.SecurityOptions?.some((option) => option.includes('name=userns')) === true) {
      return unseen('the engine maps user ids, so the ids that it shows are not those inside the container');
    }
    const top = await client.ask({ to: 'list processes', reads: Top, signal }, (abortSignal) =>
      client.docker.getContainer(containerId).top({ ps_args: COLUMNS, abortSignal }),
    );
    const rows = (top.Processes ?? []).map((row) => Row.safeParse(row));
    const read = rows.flatMap((row) => (row.success ? [row.data] : []));
    if (read.length === 0 || read.length < rows.length) return unseen('the engine gave a process list of another form');
    const tree = descendants(read, pid1);
    if (tree.length === 0) return unseen('PID 1 is not in the process list of the engine');
    return {
      seen: 'processes',
      processes: tree.slice(0, MAX_PROCESSES).map(([pid, , uid, ruid, suid, gid, command]) => ({
        pid,
        uid,
        keepsRoot: ruid === 0 || suid === 0,
        gid,
        command: plainText(command).slice(0, 1000),
      })),
    };
  } catch (error) {
    if (error instanceof EngineRefusal) return unseen(`the engine gave no process list: ${error.said}`);
    throw error;
  }
}

function descendants(rows: readonly z.infer<typeof Row>[], root: number): readonly z.infer<typeof Row>[] {
  const tree = rows.filter(([pid]) => pid === root);
  // Grows while it is walked.
  for (const [parent] of tree) tree.push(...rows.filter(([pid, ppid]) => ppid === parent && pid !== root));
  return tree;
}

function unseen(reason: string): ProcessesSeen {
  return { seen: 'unseen', reason };
}
