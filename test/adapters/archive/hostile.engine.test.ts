/**
 * The rows of hostile-headers.ts, sent to the real engine as contexts: what is taken here the engine takes with the same files, and what
 * is refused here it refuses, unless the row says otherwise. docs/differences.md tells why.
 */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import t from 'tap';
import { direct } from '../docker/engine-under-test.ts';
import { unpack } from '../spool/unpacked.ts';
import { headerRows, packingRows } from './hostile-headers.ts';
import type { Outcome } from './hostile-zips.ts';
import { rawEntry, rawTar } from './tars.ts';

const DOCKERFILE = `Dockerfile.${randomUUID()}`;
const dockerfile = rawEntry('0', DOCKERFILE, `FROM scratch\nCOPY . /x/\nLABEL unlike=${randomUUID()}\nCMD ["x"]\n`);

/** The files that a build got from a context, or why there was none. */
async function sentTo(context: Buffer): Promise<Readonly<Record<string, string>> | string> {
  const options = { dockerfile: DOCKERFILE, nocache: true, rm: true, forcerm: true };
  let id: string | undefined;
  try {
    const said = await direct.buildImage(Readable.from([context]), options);
    let text = '';
    for await (const chunk of said) text += String(chunk);
    id = /"aux":\{"ID":"(sha256:[\da-f]+)"/.exec(text)?.[1];
    if (id === undefined) return text;
    return await filesOf(id);
  } catch (error) {
    if (id === undefined) return String(error);
    throw error;
  } finally {
    if (id !== undefined) await direct.getImage(id).remove({ force: true });
  }
}

async function filesOf(image: string): Promise<Readonly<Record<string, string>>> {
  const container = await direct.createContainer({ Image: image });
  try {
    // It answers a stream of bytes.
    const tar = (await container.getArchive({ path: '/x' })) as Readable;
    const entries = (await unpack(Readable.from(tar))).map(({ name, content }) => [name.slice(2), content.toString()]);
    return Object.fromEntries(entries.filter(([name]) => name !== '' && name !== DOCKERFILE));
  } finally {
    await container.remove({ force: true });
  }
}

const rows: readonly (readonly [string, Buffer, Outcome, string | undefined])[] = [
  ...Object.entries(headerRows).map(
    ([name, [blocks, outcome, engine]]) => [name, rawTar(dockerfile, ...blocks), outcome, engine] as const,
  ),
  ...Object.entries(packingRows).map(
    ([name, [pack, outcome, engine]]) =>
      [name, pack(rawTar(dockerfile, rawEntry('0', 'a', 'boo'))), outcome, engine] as const,
  ),
];

for (const [name, context, outcome, engine] of rows) {
  await t.test(name, async (t) => {
    const came = await sentTo(context);
    const isRefused = engine === undefined ? Array.isArray(outcome) : engine === 'refuses it';
    t.equal(typeof came === 'string', isRefused, typeof came === 'string' ? came.slice(0, 300) : 'it was taken');
    if (!isRefused && !Array.isArray(outcome)) t.strictSame(came, outcome);
  });
}
