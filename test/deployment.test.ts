/** What is handed to operators: Drydock's own image and the examples pass its checklist, and the compose files stay as safe as they are. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Test } from 'tap';
import { parse } from 'yaml';
import { z } from 'zod';
import { Report } from '../src/schemas/report.ts';
import { contextOf, startService } from './helpers/service.ts';

t.test('what we ship is ready by our own measure, without a finding above info', async (t) => {
  const service = await startService({
    DRYDOCK_DATA_DIR: t.testdir({}),
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
  });
  t.teardown(() => service.stop());
  const analyze = async (type: string, body: string | Uint8Array<ArrayBuffer>): Promise<Report> => {
    const answer = await fetch(`${service.url}/analyze`, { method: 'POST', headers: { 'content-type': type }, body });
    return Report.parse(await answer.json());
  };
  const own = JSON.stringify({
    dockerfile: readFileSync('Dockerfile.prod', 'utf8'),
    path: 'Dockerfile.prod',
    dockerignore: readFileSync('.dockerignore', 'utf8'),
    files: [
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'src/main.ts',
      'data/tokens',
      '.env',
    ].map((path) => ({ path })),
  });
  const reports = {
    'Dockerfile.prod': await analyze('application/json', own),
    'examples/python-service': await analyze(
      'application/gzip',
      new Uint8Array(await contextOf('examples/python-service')),
    ),
    'examples/node-service': await analyze(
      'application/gzip',
      new Uint8Array(await contextOf('examples/node-service')),
    ),
  };
  for (const [name, report] of Object.entries(reports)) {
    t.equal(report.verdict, 'ready', name);
    t.same(
      report.findings.filter(({ severity }) => severity === 'error' || severity === 'warning'),
      [],
      `${name}: nothing to object to`,
    );
  }
});

const Service = z.object({
  command: z.array(z.string()).optional(),
  privileged: z.boolean().default(false),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()),
  mem_limit: z.string(),
  pids_limit: z.number(),
  network_mode: z.string().optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  group_add: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.record(z.string(), z.unknown()).optional(),
});
type Service = z.infer<typeof Service>;

/** What holds for Drydock in both arrangements. */
function confined(t: Test, drydock: Service): void {
  t.notOk(drydock.privileged);
  t.ok(drydock.read_only);
  t.same(drydock.cap_drop, ['ALL']);
  t.same(drydock.security_opt, ['no-new-privileges:true']);
  t.ok(drydock.environment['DRYDOCK_TOKENS_FILE']);
  t.ok(drydock.volumes.includes('drydock-data:/data'), 'what it keeps has a name');
}

t.test('on the engine that is there Drydock gets its socket by group, and nothing else of the machine', async (t) => {
  const Compose = z.object({ services: z.object({ drydock: Service }).strict() });
  const { drydock } = Compose.parse(parse(readFileSync('compose.yaml', 'utf8'))).services;
  confined(t, drydock);
  t.same(drydock.ports, ['127.0.0.1:8080:8080'], 'only on this machine');
  t.match(drydock.group_add, [/^\$\{DRYDOCK_DOCKER_GROUP:\?.+\}$/], 'without the group it does not start');
  t.same(drydock.volumes.length, 2);
  t.match(drydock.volumes[1], /:\/var\/run\/docker\.sock$/);
  t.ok(drydock.healthcheck);
});

t.test('strangers’ builds have an engine of their own, and nothing leads to it but Drydock', async (t) => {
  const Compose = z.object({ services: z.object({ engine: Service, drydock: Service }).strict() });
  const { engine, drydock } = Compose.parse(parse(readFileSync('compose.isolated.yaml', 'utf8'))).services;
  confined(t, drydock);
  t.equal(engine.command?.[0], 'dockerd', 'else the image opens a port for everybody');
  t.notOk(engine.command?.some((word) => word.includes('tcp://')));
  t.ok(engine.command?.includes('--userns-remap=default'), 'root of a build is nobody outside of it');
  t.ok(engine.healthcheck);
  t.same(engine.ports, ['127.0.0.1:8080:8080'], 'only the port of Drydock, only on this machine');
  t.same(
    [...engine.volumes, ...drydock.volumes].filter((volume) => /^[./~$]|var\/run\/docker\.sock/.test(volume)),
    [],
    'nothing of the host',
  );
  t.equal(drydock.network_mode, 'service:engine');
});
