/** Sends every case of test/cases/dockerfile to the BuildKit of a real engine: it must take, refuse and see what we do. */
import t from 'tap';
import { BuildKit } from '../../engine/buildkit.ts';
import { type Comparison, compareMeaning, compareSyntax } from '../../engine/compare.ts';
import { readDockerfileCases } from '../../helpers/dockerfile-cases.ts';

t.test('the builder agrees with every case', async (t) => {
  const buildkit = await BuildKit.connect('/var/run/docker.sock');
  t.teardown(() => buildkit.close());
  const agrees = ({ agrees: isSame, explanation, ours, theirs }: Comparison, name: string): void => {
    t.ok(isSame || explanation !== undefined, name, { ours, theirs });
  };

  for (const { file, title, text, options } of readDockerfileCases('test/cases/dockerfile')) {
    const bytes = Buffer.from(text);
    const syntax = await compareSyntax(buildkit, bytes);
    agrees(syntax, `${file}: ${title}: as it is read`);
    // What is refused at once never gets as far as being built.
    if (syntax.theirs.refused !== undefined || !syntax.agrees) continue;
    agrees(await compareMeaning(buildkit, bytes, options), `${file}: ${title}: as it is built`);
  }
});
