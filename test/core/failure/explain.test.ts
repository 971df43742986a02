/** Explaining a failure without an engine: what older builders and real registries say, and text that means harm. */
import fc from 'fast-check';
import t from 'tap';
import { explainFailure } from '../../../src/core/failure/explain.ts';
import { unreachable } from '../../../src/core/failure/registry.ts';
import type { FailureSeen } from '../../../src/core/failure/types.ts';
import { makeBuildContext } from '../../../src/core/context/build-context.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { BuildFailure } from '../../../src/schemas/report.ts';

const scene = {
  dockerfile: parseDockerfile('FROM busybox\nUSER app\nRUN x\n'),
  context: makeBuildContext({ files: [] }),
};
const seen = (message: string, log = '', exitCode: number | null = null): FailureSeen => ({
  message,
  step: null,
  line: null,
  exitCode,
  log,
});

t.test('what registries and older builders say, which cannot be had here', async (t) => {
  const resolving = 'x: failed to resolve source metadata for docker.io/team/app:1: ';
  for (const [message, cause, names] of [
    [
      `${resolving}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
      'image-not-found',
      /team\/app:1.*private/,
    ],
    [
      `${resolving}failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://auth.example/token: 401 Unauthorized`,
      'registry-refused',
      /team\/app:1/,
    ],
    [`${resolving}no match for platform in manifest: not found`, 'image-not-found', /platform/],
    [
      `${resolving}failed to do request: Head "https://r.example:429/v2/": net/http: TLS handshake timeout`,
      'network',
      /team\/app:1/,
    ],
    ['manifest for base/devel:latest not found', 'image-not-found', /base\/devel:latest/],
    [
      'no matching manifest for linux/amd64 in the manifest list entries',
      'image-not-found',
      /^The image does not exist for the platform/,
    ],
    ['unauthorized: authentication required', 'registry-refused', /registries/],
    ['failed to copy files: copy file range failed: no space left on device', 'no-space', /disk/],
    ['process "/bin/sh -c make" did not complete successfully: cannot allocate memory', 'out-of-memory', /memory/],
  ] as const) {
    const failure = explainFailure(seen(message), scene);
    t.equal(failure.cause, cause, message);
    t.match(failure.advice, names);
  }
});

t.test('which step failed decides whether a registry was not reached, then what was said', async (t) => {
  const loading = '[internal] load metadata for r.example/team/app:1';
  const resolving = 'r.example/team/app:1: failed to resolve source metadata for r.example/team/app:1: ';
  const pulling = `[build 1/3] FROM r.example/team/app:1@sha256:${'a'.repeat(64)}`;
  for (const [step, message, what] of [
    [
      loading,
      `${resolving}failed to do request: Head "https://r.example/v2/": net/http: TLS handshake timeout`,
      /time/,
    ],
    [loading, `${resolving}failed to do request: Head "x": tls: failed to verify certificate: x509: bad`, /TLS/],
    [
      loading,
      `${resolving}unexpected status from HEAD request to https://r.example/v2/x: 503 Service Unavailable`,
      /503/,
    ],
    [
      loading,
      `${resolving}failed to authorize: failed to fetch anonymous token: Get "https://a": dial tcp: lookup a: no such host`,
      /name/,
    ],
    [
      loading,
      `${resolving}failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://a/token: 502 Bad Gateway`,
      /502/,
    ],
    [loading, `${resolving}unexpected status code [manifests 1]: 429 Too Many Requests`, /429/],
    [null, `${resolving}failed to do request: dial tcp 1.2.3.4:443: connect: connection refused`, /connection/],
    [pulling, 'short read: expected 113 bytes but got 56: unexpected EOF', /breaks/],
    [
      'FROM r.example/team/app:1',
      'failed to copy: httpReadSeeker: failed open: unexpected status code https://r.example/v2/b: 500',
      /500/,
    ],
    ['[2/2] RUN true', `${resolving}dial tcp: lookup r.example: no such host`, undefined],
    ['[internal 2/3] RUN load metadata for x', 'dial tcp: no such host', undefined],
    ['[2/2] ADD http://r.example/x /x', 'dial tcp 1.2.3.4:80: connect: connection refused', undefined],
    [null, 'process "dial tcp: no such host" did not complete successfully: exit code: 1', undefined],
    [loading, `${resolving}r.example/team/app:1: not found`, undefined],
    [
      loading,
      `${resolving}unexpected status from HEAD request to https://r.example:503/v2/x: 403 Forbidden`,
      undefined,
    ],
    [
      loading,
      `${resolving}failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://a/token: 401 Unauthorized`,
      undefined,
    ],
    [loading, `${resolving}pull access denied, repository does not exist or may require authorization`, undefined],
    [loading, `${resolving}no match for platform in manifest: not found`, undefined],
    [pulling, 'write /var/lib/x: no space left on device', undefined],
    [
      '[internal] load metadata for x/unexpected EOF',
      'x: failed to resolve source metadata for x/eof: x/eof: not found',
      undefined,
    ],
  ] as const) {
    const found = unreachable({ step, message });
    if (what === undefined) t.equal(found, undefined, message);
    else t.match(found, { host: 'r.example', what }, message);
  }
});

t.test('what package managers say, most of which need a network to be heard', async (t) => {
  for (const [log, cause, names] of [
    [
      "npm error code E404\nnpm error 404  'left-padd@^1.0.0' is not in this registry.\nnpm error A complete log of this run can be found in: /x",
      'package-not-found',
      /left-padd@\^1\.0\.0/,
    ],
    [
      'npm error code ETARGET\nnpm error notarget No matching version found for left-pad@9.9.9.',
      'package-not-found',
      /left-pad@9\.9\.9 /,
    ],
    [
      'ERROR: unable to select packages:\n  nosuch (no such package):\n    required by: world[nosuch]',
      'package-not-found',
      /nosuch/,
    ],
    ["E: Package 'libssl1.0' has no installation candidate", 'package-not-found', /libssl1\.0/],
    [
      "E: The repository 'http://d.example stretch Release' no longer has a Release file.",
      'package-not-found',
      /no longer served/,
    ],
    [
      'npm error code EACCES\nnpm error syscall mkdir\nnpm error path /app/node_modules',
      'permission-denied',
      /app \(USER in line 2\)|may not do that/,
    ],
    ['x.c:1:10: fatal error: openssl/ssl.h: No such file or directory', 'missing-file', /header openssl\/ssl\.h/],
    ["ModuleNotFoundError: No module named 'setuptools'", 'command-failed', /module setuptools/],
    ['curl: (22) The requested URL returned error: 404', 'missing-file', /HTTP 404/],
    ["sh: can't fork: Resource temporarily unavailable", 'command-failed', /no more processes/],
    ['bash: fork: retry: Resource temporarily unavailable\nmake: *** [all] Error 1', 'command-failed', /make -j2/],
    ['curl: (6) Could not resolve host: d.example', 'network', /d\.example/],
  ] as const) {
    const failure = explainFailure(
      { ...seen('process "x" did not complete successfully: exit code: 1', log, 1), line: 3 },
      scene,
    );
    t.equal(failure.cause, cause, log);
    t.match(failure.advice, names);
  }
});

t.test('a command that printed nothing is explained by its code, where that means something', async (t) => {
  for (const [code, cause, names] of [
    [127, 'command-failed', /127 and printed nothing.*not there/],
    [126, 'command-failed', /may not be executed/],
    [139, 'command-failed', /crashed/],
    [137, 'out-of-memory', /killed/],
    [1, 'command-failed', /by hand/],
  ] as const) {
    const failure = explainFailure(
      seen(`process "x" did not complete successfully: exit code: ${code}`, '', code),
      scene,
    );
    t.equal(failure.cause, cause);
    t.match(failure.advice, names);
  }
});

t.test('any text is explained, in the form of the report', async (t) => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 4000 }),
      fc.string({ maxLength: 20_000 }),
      fc.option(fc.integer({ min: 1, max: 255 })),
      (message, log, exitCode) => BuildFailure.safeParse(explainFailure(seen(message, log, exitCode), scene)).success,
    ),
  );
  t.pass('never throws');
});

t.test('text that was made to take long does not', async (t) => {
  const hard = [
    "E: Version '",
    "' for '",
    'a/',
    'a.',
    ': No such',
    "can't open '",
    'sh: Killed ',
    'connect to a b ',
    '"',
    'ref "',
    'manifest for ',
    'http://a:1',
    ' ',
  ];
  for (const part of hard) {
    const line = part.repeat(Math.ceil(1000 / part.length));
    const begun = performance.now();
    explainFailure(seen(part.repeat(Math.ceil(4000 / part.length)).slice(0, 4000)), scene);
    explainFailure(seen('exit code: 1', Array(80).fill(line).join('\n').slice(-20_000), 1), scene);
    t.ok(performance.now() - begun < 5000, `${part}: ${Math.round(performance.now() - begun)} ms`);
  }
});

t.test('a package is named also where apt was still telling how far it is', async (t) => {
  for (const log of [
    'Reading package lists...E: Unable to locate package nosuch\nBuilding dependency tree...\nReading state information...',
    'Reading package lists...\nBuilding dependency tree...\nEReading state information...\n: Unable to locate package nosuch',
    'Reading package lists...E\nBuilding dependency tree...\nReading state information...: Unable to locate package nosuch',
  ]) {
    t.match(
      explainFailure(seen('process "/bin/sh -c x" did not complete successfully: exit code: 100', log, 100), scene),
      {
        cause: 'package-not-found',
        advice: /nosuch.*apt-get update/,
      },
      log,
    );
  }
});
