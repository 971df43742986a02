/** Probe: by what the base image is known, so that the same can be found again. Evidence alone: no tag is pinned by it. */
import type { BaseImage } from '../../schemas/production.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

const python: BaseImage = {
  role: 'base',
  written: 'python:3.12-slim',
  line: 1,
  reference: 'docker.io/library/python:3.12-slim',
  digest: `sha256:${'a'.repeat(64)}`,
  imageId: `sha256:${'b'.repeat(64)}`,
  note: null,
};

export default defineProbe({
  id: 'base-recorded',
  item: 'base-image-pinned',
  severity: 'info',
  title: 'By what the base image is known',
  why: 'A tag may mean another image tomorrow. Digest and id say for good which one this was built on, so that a build can be repeated and a fix be told from what runs.',
  fix: 'Nothing has to be done. With `FROM name:tag@sha256:…` the next build takes this very image.',
  source:
    'What the builder resolved each FROM to, and what the engine says of the image (Docker Engine API, ImageInspect).',
  phase: 'built',
  evidenceOnly: true,
  look: async ({ bases }) => bases,
  judge: (bases): Proof => {
    const evidence = bases
      .slice(0, 20)
      .map((base) => ({ fact: `${WORDS[base.role]}, line ${base.line}`, value: told(base).slice(0, 4000) }));
    const own = bases.find(({ role }) => role === 'base');
    if (own === undefined)
      return { status: 'unknown', summary: 'No base image was seen: nothing was built.', evidence };
    if (own.written === 'scratch' && own.reference === null) {
      return { status: 'not-applicable', summary: 'It stands on scratch, which is empty.', evidence };
    }
    const status = own.digest === null && own.imageId === null ? 'unknown' : 'pass';
    return { status, summary: `${told(own)}.`.replace(/\.+$/, '.').slice(0, 1000), evidence };
  },
  cases: [
    { name: 'from a registry', seen: [python], status: 'pass' },
    {
      name: 'one that was made on this engine has no digest',
      seen: [{ ...python, digest: null, note: 'The engine has no digest for it.' }],
      status: 'pass',
    },
    {
      name: 'nobody said which it was',
      seen: [{ ...python, digest: null, imageId: null, note: 'Neither said which.' }],
      status: 'unknown',
    },
    {
      name: 'scratch',
      seen: [{ ...python, written: 'scratch', reference: null, digest: null, imageId: null, note: 'It is empty.' }],
      status: 'not-applicable',
    },
    { name: 'nothing was built', seen: [], status: 'unknown' },
  ],
});

const WORDS: Readonly<Record<BaseImage['role'], string>> = {
  base: 'base image',
  build: 'image of a build stage',
  files: 'image that files are taken from',
};

function told({ written, reference, digest, imageId, note }: BaseImage): string {
  const known = [
    ...(digest === null ? [] : [`digest ${digest}`]),
    ...(imageId === null ? [] : [`image id ${imageId}`]),
  ];
  const name = reference === null || reference === written ? written : `${written} (${reference})`;
  const said = [...(known.length === 0 ? [] : [known.join(', ')]), ...(note === null ? [] : [note])];
  return `${name}: ${said.join('. ')}`;
}
