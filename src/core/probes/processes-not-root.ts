/** Probe: no process of the container has uid 0, whatever the image's USER says. */
import type { ProcessSeen } from './box.ts';
import { defineProbe } from './probe.ts';

/** Named one by one; the rest is counted. */
const SHOWN = 20;

const app: ProcessSeen = { pid: 4711, uid: 10001, keepsRoot: false, gid: 10001, command: 'node server.js' };
const root: ProcessSeen = { pid: 4712, uid: 0, keepsRoot: true, gid: 0, command: 'nginx: master process nginx' };

export default defineProbe({
  id: 'processes-not-root',
  item: 'non-root-user',
  severity: 'error',
  title: 'No process runs as root',
  why: 'Uid 0 inside the container is uid 0 for the kernel: a hole in the service becomes root in the container, and with one more hole root on the machine.',
  fix: 'Create a user with a fixed number, give it what it must write, and end the Dockerfile with USER 10001. A service that needs root for its start has to give it up before it serves.',
  source:
    'Effective, real and saved uid and gid of every process below PID 1, from the process table of the engine’s host (Docker Engine API, ContainerTop).',
  phase: 'running',
  look: async (box) => await box.processes(),
  judge: (seen) => {
    if (seen.seen === 'user') {
      const { uid, user } = seen;
      const began = `It ended before its processes could be listed; it began as ${user === '' ? 'root' : user.slice(0, 200)} (uid ${uid})`;
      const evidence = [{ fact: 'uid it began with', value: uid }];
      return uid === 0
        ? { status: 'unknown', summary: `${began}, and whether it gave that up was not seen.`, evidence }
        : { status: 'pass', summary: `${began}, and without new privileges nothing becomes root.`, evidence };
    }
    if (seen.seen === 'unseen')
      return { status: 'unknown', summary: `No process was seen: ${seen.reason}.`, evidence: [] };
    const { processes } = seen;
    if (processes.length === 0) return { status: 'unknown', summary: 'The process list is empty.', evidence: [] };
    const roots = processes.filter(isRoot);
    // Those at fault first: a list that is cut off must not lose them.
    const ordered = [...roots, ...processes.filter((one) => !isRoot(one))];
    const evidence = ordered.slice(0, SHOWN).map((process) => ({
      fact: `process ${process.pid}`,
      value:
        `uid ${process.uid}${process.uid !== 0 && process.keepsRoot ? ' (keeps root)' : ''}, gid ${process.gid}: ${process.command}`.slice(
          0,
          4000,
        ),
    }));
    for (const [ids, count] of idsOf(ordered.slice(SHOWN))) {
      evidence.push({ fact: `${count} more`, value: ids });
    }
    // Said, and no fault: platforms with users of any number put all of them into this group.
    const group = processes.filter(({ uid, gid }) => uid !== 0 && gid === 0).length;
    if (group > 0)
      evidence.push({ fact: 'not root, and in its group (gid 0)', value: `${group} of ${processes.length} processes` });
    const [first] = roots;
    if (first === undefined) {
      const uids = [...new Set(processes.map(({ uid }) => uid))].join(', ');
      const all = processes.length === 1 ? 'The only process runs' : `All ${processes.length} processes run`;
      return { status: 'pass', summary: `${all} without root (uid ${uids}).`, evidence };
    }
    const others = roots.length === 1 ? '' : `, and ${roots.length - 1} more`;
    const named = `process ${first.pid} (${first.command.slice(0, 200)})${others}`;
    const summary =
      first.uid === 0 ? `Runs as root: ${named}.` : `Acts as uid ${first.uid} and can take root back: ${named}.`;
    return { status: 'fail', summary, evidence };
  },
  cases: [
    { name: 'one process of a user', seen: { seen: 'processes', processes: [app] }, status: 'pass' },
    {
      name: 'one that acts as a user and has kept root',
      seen: { seen: 'processes', processes: [{ ...app, keepsRoot: true }] },
      status: 'fail',
    },
    { name: 'one process of root', seen: { seen: 'processes', processes: [root] }, status: 'fail' },
    {
      name: 'workers of a user below a master of root',
      seen: { seen: 'processes', processes: [root, app, { ...app, pid: 4713 }] },
      status: 'fail',
    },
    {
      name: 'a user in the group of root',
      seen: { seen: 'processes', processes: [{ ...app, gid: 0 }] },
      status: 'pass',
    },
    {
      name: 'many of a user, more than are named',
      seen: { seen: 'processes', processes: Array.from({ length: 30 }, (_, index) => ({ ...app, pid: 5000 + index })) },
      status: 'pass',
    },
    { name: 'no list', seen: { seen: 'unseen', reason: 'the container had ended' }, status: 'unknown' },
    { name: 'over too soon, begun as a user', seen: { seen: 'user', uid: 1001, user: 'app' }, status: 'pass' },
    { name: 'over too soon, begun as root', seen: { seen: 'user', uid: 0, user: '' }, status: 'unknown' },
    { name: 'an empty list', seen: { seen: 'processes', processes: [] }, status: 'unknown' },
  ],
});

function isRoot({ uid, keepsRoot }: ProcessSeen): boolean {
  return uid === 0 || keepsRoot;
}

/** Most kinds of users that are told of those who are not named one by one. */
const MOST_KINDS = 50;

/** Who the others run as, and how many of each. */
function idsOf(processes: readonly ProcessSeen[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { uid, gid } of processes) {
    const ids = `uid ${uid}, gid ${gid}`;
    counts.set(ids, (counts.get(ids) ?? 0) + 1);
  }
  return [...counts].slice(0, MOST_KINDS);
}
