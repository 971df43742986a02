/** Processes of a container, in the words of engines that map user ids and of those that do not. Answers as Docker 28.5 gave them. */
import t from 'tap';
import { processesIn } from '../../../src/adapters/docker/processes.ts';

const Titles = ['PID', 'PPID', 'UID', 'RUID', 'SUID', 'GID', 'COMMAND'];
const plain = { SecurityOptions: ['name=seccomp,profile=builtin'], DockerRootDir: '/var/lib/docker' };
const mapped = {
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=userns'],
  DockerRootDir: '/var/lib/docker/165536.165536',
};
const SHELL = {
  Titles,
  Processes: [
    ['21532', '21512', '166537', '166537', '166537', '165569', 'sh -c sleep 60 & wait'],
    ['21549', '21532', '166537', '166537', '166537', '165569', 'sleep 60'],
  ],
};

t.test('an engine that maps no ids shows them as they are', async (t) => {
  const Processes = [['7', '1', '0', '0', '0', '0', 'sleep 60']];
  t.same(processesIn(plain, { Titles, Processes }, 7), {
    seen: 'processes',
    processes: [{ pid: 7, uid: 0, keepsRoot: true, gid: 0, command: 'sleep 60' }],
  });
  t.match(processesIn(plain, SHELL, 21532), { processes: [{ uid: 166_537, gid: 165_569 }, {}] });
});

t.test('of one that maps them its data folder says what root is mapped to', async (t) => {
  t.same(processesIn(mapped, SHELL, 21532), {
    seen: 'processes',
    processes: [
      { pid: 21532, uid: 1001, keepsRoot: false, gid: 33, command: 'sh -c sleep 60 & wait' },
      { pid: 21549, uid: 1001, keepsRoot: false, gid: 33, command: 'sleep 60' },
    ],
  });
  const root = [['21591', '21568', '165536', '165536', '165536', '165536', 'sleep 60']];
  t.match(processesIn(mapped, { Titles, Processes: root }, 21591), {
    processes: [{ uid: 0, gid: 0, keepsRoot: true }],
  });
  const gaveUp = [['5', '1', '166537', '166537', '165536', '166537', 'app']];
  t.match(processesIn(mapped, { Titles, Processes: gaveUp }, 5), { processes: [{ uid: 1001, keepsRoot: true }] });
});

t.test('what cannot be mapped back is not guessed', async (t) => {
  t.match(processesIn({ ...mapped, DockerRootDir: '/var/lib/docker' }, SHELL, 21532), { seen: 'unseen' });
  t.match(processesIn({ ...mapped, DockerRootDir: '/srv/2026.11/docker' }, SHELL, 21532), { seen: 'unseen' });
  for (const id of ['0', '165535', '231072']) {
    const Processes = [['9', '1', id, '166537', '166537', '166537', 'app']];
    t.match(processesIn(mapped, { Titles, Processes }, 9), { seen: 'unseen', reason: /maps user ids/ }, id);
  }
});

t.test('a list of another form is none', async (t) => {
  t.match(processesIn(plain, { Titles, Processes: null }, 1), { seen: 'unseen' });
  t.match(processesIn(plain, { Titles, Processes: [['1', 'root', 'sleep']] }, 1), { seen: 'unseen' });
  t.match(processesIn(plain, SHELL, 4), { seen: 'unseen', reason: /PID 1 is not/ });
});
