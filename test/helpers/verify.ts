/** Submits a verification to a running service and follows it to its end. */
import { pack } from 'tar-stream';
import { formats } from '../../src/formats/index.ts';
import { Build } from '../../src/schemas/build.ts';
import { Report } from '../../src/schemas/report.ts';

/** A context of one Dockerfile, as a plain tar. */
export async function archiveOf(dockerfile: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'Dockerfile' }, dockerfile);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
  return Buffer.concat(chunks);
}

/** Submits; answers the address of the build. Throws when it is not taken. */
export async function submit(url: string, dockerfile: string, options: object = {}): Promise<string> {
  const form = new FormData();
  form.set('options', JSON.stringify(options));
  form.set('context', new Blob([new Uint8Array(await archiveOf(dockerfile))]));
  const answer = await fetch(`${url}/build-verify`, { method: 'POST', body: form });
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(`${answer.status}: ${text}`);
  return `${url}${Build.parse(JSON.parse(text)).links.self}`;
}

/** Waits for the end of a build; `seen` gets every answer on the way. */
export async function follow(address: string, seen: string[] = []): Promise<Build> {
  let known = '"nothing"';
  for (;;) {
    // Held until it is not as it was told last: dozens of builds that are asked for again and again keep the service from building them,
    // and what changes between two questions is told at once.
    const answer = await fetch(`${address}?wait=30`, { headers: { 'if-none-match': known } });
    if (answer.status === 304) continue;
    known = answer.headers.get('etag') ?? known;
    const now = await answer.text();
    seen.push(now);
    const build = Build.parse(JSON.parse(now));
    if (build.finishedAt !== null) return build;
  }
}

/** Submits and waits for the end; `seen` gets every answer on the way, and the report in every format. */
export async function verify(
  url: string,
  dockerfile: string,
  options: object,
  seen: string[] = [],
): Promise<{ readonly build: Build; readonly report: Report }> {
  const build = await follow(await submit(url, dockerfile, options), seen);
  for (const { name } of formats) {
    seen.push(await (await fetch(`${url}${build.links.report}?format=${name}`)).text());
  }
  return { build, report: Report.parse(await (await fetch(`${url}${build.links.report}`)).json()) };
}
