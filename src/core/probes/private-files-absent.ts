/** Probe: files that the build context should have left out are not in the image. */
import { cleanImage, oneFile } from '../image/example.ts';
import { fileEvidence, first, nothingFound, unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

export default defineProbe({
  id: 'private-files-absent',
  item: 'context-excludes',
  severity: 'error',
  title: 'Leftovers of the context are not in the image',
  why: 'Environment files hold passwords, `.git` holds everything that was ever committed. Tests, notebooks and caches are dead weight that every node pulls.',
  fix: 'Name them in `.dockerignore`: `.env*`, `.git`, `.venv`, `node_modules`, `__pycache__`, `tests`, `*.ipynb`. Or copy only what the service needs.',
  source:
    'The files of the layers above the base, as they are in the finished image; what package managers installed is left out.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { leftovers, allSorted } = seen;
    const evidence = fileEvidence('left over', leftovers);
    if (leftovers.total === 0)
      return nothingFound('No leftovers of the context are in the image.', allSorted, evidence);
    const told = first(leftovers, ({ kind, path, line }) => `${kind} at ${path} (line ${line})`);
    const isPrivate = leftovers.first.some(({ kind }) => kind === 'environment files' || kind === 'version control');
    if (isPrivate)
      return { status: 'fail', summary: `The image holds private files: ${told}.`.slice(0, 1000), evidence };
    return { status: 'warn', summary: `The image holds leftovers: ${told}.`.slice(0, 1000), evidence };
  },
  cases: [
    { name: 'nothing', seen: cleanImage, status: 'pass' },
    { name: 'more files than are kept in mind', seen: { ...cleanImage, allSorted: false }, status: 'unknown' },
    {
      name: 'an environment file',
      seen: { ...cleanImage, leftovers: oneFile('environment files', '/app/.env') },
      status: 'fail',
    },
    {
      name: 'the history of the project',
      seen: { ...cleanImage, leftovers: oneFile('version control', '/app/.git/HEAD') },
      status: 'fail',
    },
    { name: 'tests', seen: { ...cleanImage, leftovers: oneFile('tests', '/app/tests/a.py') }, status: 'warn' },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
