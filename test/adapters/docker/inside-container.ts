/**
 * Run by a test inside a container that has the engine's socket: builds a service, runs it, and prints what was seen.
 * The address of the container under test cannot be reached from here unless the adapter joins its network.
 */
import { buildOf, direct, engineUnderTest, never, runOf } from './engine-under-test.ts';

const engine = engineUnderTest();
const request = buildOf(
  'FROM busybox\nRUN mkdir /www && echo ok > /www/health\nEXPOSE 8080\nCMD ["httpd", "-f", "-p", "8080", "-h", "/www"]\n',
);
try {
  const built = await engine.build(request, never);
  if (built.image === undefined) throw new Error(built.failure?.message);
  const patience = { startTimeoutMs: 15_000, stopTimeoutMs: 500 };
  const run = await engine.run(runOf(request.buildId, built.image.id, patience), never);
  const [network] = await direct.listNetworks({ filters: { label: [`drydock.build=${request.buildId}`] } });
  const look = async (): Promise<{ attached: number; options: unknown }> => {
    const { Containers: attached, Options: options } = await direct.getNetwork(network?.Id ?? '').inspect();
    return { attached: Object.keys(attached ?? {}).length, options };
  };
  const { attached: during, options } = await look();
  await run.stop();
  const { attached: after } = await look();
  process.stdout.write(JSON.stringify({ answer: await run.running.answer(), during, after, options }));
} finally {
  await engine.cleanUp(request.buildId);
  engine.close();
}
