/** By what the real engine and its builder know the images that a build stood on. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { identified, imagesOf } from '../../../src/core/report/base-images.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import type { BaseImage } from '../../../src/schemas/production.ts';
import { startRegistry } from '../../helpers/small-registry.ts';
import { buildOf, direct, engineUnderTest, leftOver, never } from './engine-under-test.ts';

const instance = `test-identify-${randomUUID()}`;
const engine = engineUnderTest({ instance });
const registry = await startRegistry({ username: 'shipwright', password: 'h7Gt2xQz' });

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
  registry.close();
});

async function basesOf(dockerfile: string): Promise<readonly BaseImage[]> {
  const request = buildOf(dockerfile);
  const { image, steps, failure } = await engine.build(request, never);
  if (image === undefined) throw new Error(failure?.message);
  try {
    const images = imagesOf(parseDockerfile(dockerfile), steps);
    const asked = images.flatMap(({ askedAs }) => askedAs ?? []);
    return identified(images, await engine.identify([...asked, image.id], never), image.id);
  } finally {
    await engine.cleanUp(request.buildId);
  }
}

await t.test('an image of a registry has its digest, one of the engine its id, scratch neither', async (t) => {
  const [pulled] = await basesOf(`FROM ${registry.host}/open/app:1.0\nCOPY Dockerfile /x\n`);
  t.match(pulled, { reference: `${registry.host}/open/app:1.0`, digest: /^sha256:[\da-f]{64}$/ });

  const [again] = await basesOf(`FROM ${registry.host}/open/app@${pulled?.digest ?? ''}\nCOPY Dockerfile /x\n`);
  t.equal(again?.digest, pulled?.digest, 'by digest as by tag');

  const { Id: id } = await direct.getImage('busybox:1.37').inspect();
  const [held, lent] = await basesOf('FROM busybox:1.37\nCOPY --from=alpine:3.22 /bin/busybox /x\n');
  t.match(held, { role: 'base', imageId: id, note: /^The engine has no digest|null/ });
  t.match(lent, { role: 'files', reference: 'docker.io/library/alpine:3.22', imageId: /^sha256:/ });

  const [nothing] = await basesOf('FROM scratch\nCOPY Dockerfile /x\n');
  t.match(nothing, { written: 'scratch', digest: null, imageId: null });
});

await t.test('an image that the engine does not have is left out', async (t) => {
  t.same([...(await engine.identify([`localhost/none-${randomUUID()}:1`], never))], []);
});

await t.test('nothing of all this is left', async (t) => t.same(await leftOver(instance, []), []));
