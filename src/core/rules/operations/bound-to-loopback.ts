/** Rule: the server listens where nobody outside of the container can reach it. */
import { isLoopback, listeners } from '../questions/listening.ts';
import { mainCommand, placeOf, startedCommands } from '../questions/start-commands.ts';
import { shippedInstalls } from '../questions/installs.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'bound-to-loopback',
  item: 'port-documented',
  severity: 'error',
  title: 'Server that listens on 127.0.0.1 only',
  why: "127.0.0.1 inside a container is the container itself. A published port leads to its other interface, where nothing listens: every request from outside is refused, while the server's own log and a health check inside look fine.",
  fix: 'Listen on all interfaces: `--host 0.0.0.0`, `--bind 0.0.0.0:8000`, `flask run --host=0.0.0.0`.',
  source:
    'Docker documentation, "Port publishing and mapping"; the defaults are those of the command-line reference of each server.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nEXPOSE 8000\nCMD ["uvicorn", "main:app", "--port", "8000"]\n',
    good: 'FROM python:3.12-slim\nEXPOSE 8000\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n',
  },
  *check(subject) {
    const main = mainCommand(subject);
    const listener = listeners(subject).find(({ started }) => started === main);
    if (listener === undefined) return;
    const { server, host, hiddenHost, started } = listener;
    const isLost = host === undefined ? hiddenHost !== undefined : isLoopback(host.value);
    if (!isLost || hasProxy(subject)) return;
    if (host === undefined) {
      yield { cannotTell: `Where ${server.name} listens: \`${(hiddenHost ?? '').slice(0, 100)}\` has no value here.` };
      return;
    }
    yield {
      ...placeOf(started),
      message:
        host.by === 'default'
          ? `${server.name} listens on ${host.value} unless it is told otherwise: nothing outside of the container reaches it.`
          : `${server.name} listens on ${host.value}: nothing outside of the container reaches it.`,
    };
  },
});

const PROXY =
  /^(?:nginx(?:-.*)?|openresty|caddy|haproxy|traefik|envoy|apache2|httpd|supervisor|supervisord|cloudflared|ssh|socat)$/;

/** Something else in the container may take the requests and hand them on. */
function hasProxy(subject: Subject): boolean {
  return (
    startedCommands(subject).some(({ words }) => PROXY.test(programOf(words[0]?.value) ?? '')) ||
    shippedInstalls(subject, 'apt', 'apk', 'dnf', 'zypper').some(({ packages }) =>
      packages.some((name) => PROXY.test(name?.split(/[=<>~]/, 1)[0] ?? '')),
    )
  );
}
