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
const Info = z.object({ SecurityOptions: z.array(z.string()).nullish(), DockerRootDir: z.string() });

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
    const top = await client.ask({ to: 'list processes', reads: Top, signal }, (abortSignal) =>
      client.docker.getContainer(containerId).top({ ps_args: COLUMNS, abortSignal }),
    );
    return processesIn(info, top, pid1);
  } catch (error) {
    if (error instanceof EngineRefusal) return unseen(`the engine gave no process list: ${error.said}`);
    throw error;
  }
}

/** What the engine says of itself and of the processes of a container -> the tree of PID 1, ids as the container has them. Pure. */
export function processesIn(info: z.infer<typeof Info>, top: z.infer<typeof Top>, pid1: number): ProcessesSeen {
  const isMapped = info.SecurityOptions?.some((option) => option.includes('name=userns')) === true;
  const root = isMapped ? mappedRoot(info.DockerRootDir) : { uid: 0, gid: 0 };
  if (root === undefined) return unseen(MAPPED);
  const rows = (top.Processes ?? []).map((row) => Row.safeParse(row));
  const read = rows.flatMap((row) => (row.success ? [row.data] : []));
  if (read.length === 0 || read.length < rows.length) return unseen('the engine gave a process list of another form');
  const tree = descendants(read, pid1);
  if (tree.length === 0) return unseen('PID 1 is not in the process list of the engine');
  if (isMapped && !tree.every((row) => isWithin(row, root))) return unseen(MAPPED);
  return {
    seen: 'processes',
    processes: tree.slice(0, MAX_PROCESSES).map(([pid, , uid, ruid, suid, gid, command]) => ({
      pid,
      uid: uid - root.uid,
      keepsRoot: ruid === root.uid || suid === root.uid,
      gid: gid - root.gid,
      command: plainText(command).slice(0, 1000),
    })),
  };
}

const MAPPED = 'the engine maps user ids, so the ids that it shows are not those inside the container';

/** Ids of the host that root of a container has. */
interface MappedRoot {
  readonly uid: number;
  readonly gid: number;
}

/**
 * An engine with `--userns-remap` keeps its data in a folder named after the ids that it maps root to: `/var/lib/docker/165536.165536`.
 * Source: docs.docker.com, "Isolate containers with a user namespace"; measured with Docker 28.5. A rootless engine does not say it.
 */
function mappedRoot(dataFolder: string): MappedRoot | undefined {
  const [, uid, gid] = /\/(\d+)\.(\d+)\/?$/.exec(dataFolder) ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Ids that one range of /etc/subuid holds by default; of those behind it nobody knows how they are mapped. */
const MAPPED_IDS = 65_536;

function isWithin([, , uid, ruid, suid, gid]: z.infer<typeof Row>, root: MappedRoot): boolean {
  const isMapped = (id: number, first: number): boolean => id >= first && id < first + MAPPED_IDS;
  return [uid, ruid, suid].every((id) => isMapped(id, root.uid)) && isMapped(gid, root.gid);
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
