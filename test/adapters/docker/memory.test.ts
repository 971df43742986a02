/** What the engine says of memory, in the words of both versions of control groups. */
import t from 'tap';
import { memoryIn } from '../../../src/adapters/docker/memory.ts';

const limit = 536_870_912;

t.match(
  memoryIn({
    memory_stats: { usage: 67_076_096, limit, stats: { total_inactive_file: 52_428_800, inactive_file: 7 } },
    pids_stats: { current: 11 },
  }),
  { seen: 'memory', bytes: 14_647_296, limitBytes: limit, pids: 11 },
  'version 1: the whole below the group, idle file cache left out',
);
t.match(
  memoryIn({ memory_stats: { usage: 67_076_096, limit, stats: { inactive_file: 52_428_800 } }, pids_stats: {} }),
  { seen: 'memory', bytes: 14_647_296, pids: undefined },
  'version 2 has one name for it; the number of processes may be missing',
);
t.match(
  memoryIn({ memory_stats: { usage: 100, limit, stats: { inactive_file: 200 } } }),
  { seen: 'memory', bytes: 100 },
  'figures of different moments never make less than nothing',
);
for (const gone of [{}, { usage: 0, limit }]) {
  t.match(memoryIn({ memory_stats: gone }), { seen: 'unseen' }, 'a container that has ended holds no memory');
}
