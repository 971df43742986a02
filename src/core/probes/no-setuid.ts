/** Probe: the layers above the base bring no setuid programs and no files that everybody may write. */
import { cleanImage, oneFile } from '../image/example.ts';
import { fileEvidence, first, nothingFound, unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

export default defineProbe({
  id: 'no-setuid',
  item: 'hardened',
  isPartial: true,
  severity: 'warning',
  title: 'Nothing above the base is setuid or writable by everybody',
  why: 'A setuid program runs as its owner, whoever starts it: one mistake in it makes a user root. What everybody may write, whoever breaks in may replace.',
  fix: 'Take the bit off in the RUN that installs, `chmod u-s,g-s /usr/bin/…`, do not install sudo, and give files an owner in place of `chmod 777`.',
  source: 'Modes in the layers above the base, as they are in the finished image; what the base brought is not judged.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { setuid, worldWritable, allSorted } = seen;
    const evidence = [
      ...fileEvidence('setuid or setgid', setuid),
      ...fileEvidence('writable by everybody', worldWritable),
    ];
    const all = { first: [...setuid.first, ...worldWritable.first], total: setuid.total + worldWritable.total };
    if (all.total === 0)
      return nothingFound('Nothing above the base is setuid or writable by everybody.', allSorted, evidence);
    const told = first(all, ({ kind, path, line, layer }) => `${path} is ${kind} (line ${line}, layer ${layer})`);
    return { status: 'warn', summary: `Above the base, ${told}.`.slice(0, 1000), evidence };
  },
  cases: [
    { name: 'nothing', seen: cleanImage, status: 'pass' },
    { name: 'sudo', seen: { ...cleanImage, setuid: oneFile('setuid or setgid', '/usr/bin/sudo') }, status: 'warn' },
    {
      name: 'a folder for everybody',
      seen: { ...cleanImage, worldWritable: oneFile('writable by everybody', '/data') },
      status: 'warn',
    },
    { name: 'more files than are kept in mind', seen: { ...cleanImage, allSorted: false }, status: 'unknown' },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
