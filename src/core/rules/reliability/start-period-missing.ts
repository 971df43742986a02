/** Rule: a HEALTHCHECK that gives no time to start. */
import { finalBase, finalStage } from '../questions/ask.ts';
import { serverOf } from '../questions/listening.ts';
import { mainCommand } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'start-period-missing',
  item: 'start-period',
  severity: 'warning',
  title: 'HEALTHCHECK without a start period',
  why: 'The start period is a grace in which failing checks do not count; by default it is 0 s. A service that loads models or waits for its database is called unhealthy, and replaced, while it is still starting.',
  fix: 'Give it the time it takes to start, and some more: `HEALTHCHECK --start-period=10s …`.',
  source: 'Lessons, "Health"; Dockerfile reference, HEALTHCHECK.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nHEALTHCHECK --interval=30s CMD curl -f http://localhost:8000/health\n',
    good: 'FROM python:3.12-slim\nHEALTHCHECK --interval=30s --start-period=10s CMD curl -f http://localhost:8000/health\n',
  },
  *check(subject) {
    const healthcheck = finalStage(subject)?.state.healthcheck;
    if (healthcheck?.command === undefined) {
      yield { cannotTell: 'There is no HEALTHCHECK here whose start period could be looked at.' };
      return;
    }
    const flag = healthcheck.flags.find((one) => one.name === 'start-period');
    if (startsAtOnce(subject)) return;
    if (flag === undefined || healthcheck.options.startPeriodMs === 0) {
      yield {
        at: healthcheck.span,
        ...(startsSlowly(subject) ? {} : { severity: 'info' as const }),
        message: 'Failing checks count from the first second: there is no --start-period.',
      };
    } else if (healthcheck.options.startPeriodMs === undefined) {
      yield { cannotTell: `How long \`--start-period=${flag.value?.raw ?? ''}\` is: its variable has no value here.` };
    }
  },
});

/** Languages that load their program at start: interpreters and virtual machines. */
const LOADING =
  /(?:^|\/)(?:python|pypy|node|bun|deno|ruby|jruby|php|openjdk|eclipse-temurin|amazoncorretto|tomcat|jetty|maven|gradle|elixir|erlang|perl|r-base|aspnet|runtime|sdk)$/;
const LOADERS = new Set([
  'python',
  'python3',
  'node',
  'bun',
  'deno',
  'ruby',
  'php',
  'java',
  'dotnet',
  'bundle',
  'mix',
  'perl',
]);

/** True for what is known to take its time: such a language, or a server that is written in one. */
function startsSlowly(subject: Subject): boolean {
  const base = finalBase(subject);
  if (base?.kind === 'image' && LOADING.test(base.reference.name)) return true;
  const main = mainCommand(subject);
  if (main === undefined) return false;
  return serverOf(main) !== undefined || LOADERS.has(main.words[0]?.value ?? '');
}

/** Servers of static files and proxies are up before the first check, and so is a program compiled to stand on nothing. */
function startsAtOnce(subject: Subject): boolean {
  const base = finalBase(subject);
  const { entrypoint, cmd } = finalStage(subject)?.state ?? {};
  const isServerImage =
    base?.kind === 'image' && /^(?:nginx|httpd|caddy|nginxinc\/nginx-unprivileged)$/.test(base.reference.name);
  if (isServerImage && entrypoint === undefined && cmd === undefined) return true;
  const isStatic = base?.kind === 'image' && base.reference.name.startsWith('distroless/static');
  if (base?.kind === 'scratch' || isStatic) return true;
  const main = mainCommand(subject);
  return main !== undefined && ['nginx', 'httpd', 'caddy', 'http-server'].includes(serverOf(main)?.name ?? '');
}
