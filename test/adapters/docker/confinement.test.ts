/** What every container of a stranger's image is made with: all of it, so that nothing is added unseen. */
import t from 'tap';
import { underTest } from '../../../src/adapters/docker/container.ts';
import type { RunRequest } from '../../../src/use-cases/engine-port.ts';

const image = { tcpPorts: [8000], stopSignal: 'SIGTERM', user: '', volumes: ['/data'], healthcheck: undefined };
const request: RunRequest = {
  buildId: 'b',
  imageId: 'sha256:1',
  env: { A: '1' },
  port: 8000,
  healthPaths: ['/health'],
  healthGuessed: false,
  startTimeoutMs: 1000,
  stopTimeoutMs: undefined,
};
const limits = {
  NetworkMode: 'private',
  Memory: 512 * 1024 * 1024,
  MemorySwap: 512 * 1024 * 1024,
  NanoCpus: 1_000_000_000,
  PidsLimit: 256,
  SecurityOpt: ['no-new-privileges'],
  LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
  RestartPolicy: { Name: 'no' },
  Init: false,
};
const hostConfig = (more: Partial<RunRequest>): unknown =>
  underTest({ instance: 'i' }, { ...request, ...more }, image, 'private').HostConfig;

t.test(
  'a container under test gets limits, and nothing of the machine: no folder, no socket, no namespace, no right',
  async (t) => {
    t.strictSame(hostConfig({}), limits);
    t.strictSame(hostConfig({ hasEgress: true, purpose: 'job', command: ['x'] }), limits, 'whatever is asked');
  },
);

t.test('other conditions only take away', async (t) => {
  t.strictSame(hostConfig({ variant: { user: '12345:0' } }), limits);
  t.strictSame(hostConfig({ variant: { readOnlyRoot: true, noCapabilities: true } }), {
    ...limits,
    CapDrop: ['ALL'],
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': 'rw,size=64m', '/run': 'rw,size=16m' },
  });
});
