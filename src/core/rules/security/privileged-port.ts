/** Rule: a port below 1024, opened by a user that is not root. */
import type { Span } from '../../dockerfile/types.ts';
import { topCommands } from '../../dockerfile/shell/shell.ts';
import { commandsOf, finalStage, isRoot, knownFinalBase, runsOf, shippedStages, userName } from '../questions/ask.ts';
import { effectiveWords } from '../questions/installs.ts';
import { startedCommands } from '../questions/start-commands.ts';
import type { Started } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';
import type { Subject, Trouble } from '../rule.ts';

export default defineRule({
  id: 'privileged-port',
  item: 'non-root-user',
  severity: 'info',
  title: 'Port below 1024 without root',
  why: 'Ports below 1024 belong to root. Docker lifts that inside its containers since 20.10; Kubernetes does not by itself, and Podman and older engines neither: there the server dies with "bind: permission denied".',
  fix: 'Listen on a high port and map it: `EXPOSE 8080`, `docker run -p 80:8080`, `targetPort: 8080`.',
  source:
    'Lessons, "Non-root". Docker Engine 20.10 release notes: net.ipv4.ip_unprivileged_port_start=0; containerd 2.0: enable_unprivileged_ports.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nUSER 1001\nEXPOSE 80\nCMD ["uvicorn", "main:app", "--port", "80"]\n',
    good: 'FROM python:3.12-slim\nUSER 1001\nEXPOSE 8000\nCMD ["uvicorn", "main:app", "--port", "8000"]\n',
  },
  *check(subject) {
    const user = finalStage(subject)?.state.user;
    const name = user === undefined ? undefined : userName(user);
    const isNonRoot =
      name === undefined
        ? user === undefined && knownFinalBase(subject)?.user === 'non-root'
        : !isRoot(name) && !/administrator$/i.test(name);
    if (!isNonRoot || grantsPorts(subject) || startedCommands(subject).some(isRootAgain)) return;
    const found = firstPort(subject);
    if (found === undefined) return;
    yield {
      ...found,
      // Whether it works there depends on the runtime of the node.
      ...(subject.profile === 'kubernetes' ? { severity: 'warning' as const } : {}),
    };
  },
});

/** `sudo nginx`: the one that opens the port is root. */
function isRootAgain({ launchers, user }: Started): boolean {
  return launchers.includes('sudo') && (user === undefined || isRoot(user));
}

/** The command says it more surely than EXPOSE. */
function firstPort(subject: Subject): Pick<Trouble, 'at' | 'message'> | undefined {
  const stage = finalStage(subject);
  for (const one of [stage?.state.entrypoint, stage?.state.cmd]) {
    for (const command of one === undefined ? [] : topCommands(one.command)) {
      const port = portIn(command.args.map(({ value, span }) => ({ value, span })));
      if (port !== undefined) return { at: port.at, message: says(port.number, 'The command opens') };
    }
  }
  const exposed = stage?.state.exposed.find(({ value }) => isLow(/^(\d+)(?:\/\w+)?$/i.exec(value ?? '')?.[1]));
  return exposed === undefined ? undefined : { at: exposed.span, message: says(exposed.value ?? '', 'EXPOSE names') };
}

function says(port: string, who: string): string {
  return `${who} port ${port}, and the user is not root: Docker allows that since 20.10, other runtimes may refuse it.`;
}

interface Argument {
  readonly value: string | undefined;
  readonly span: Span;
}

function portIn(args: readonly Argument[]): { readonly number: string; readonly at: Span } | undefined {
  for (const [index, { value, span }] of args.entries()) {
    if (value === undefined) continue;
    const [, whole] =
      /^--(?:http-|https-|server[.-])?(?:port|bind|listen|addr|address|http|https)=(?:\S*:)?(\d{1,5})$/.exec(value) ??
      [];
    const isOption = /^(?:--(?:http-|https-|server[.-])?(?:port|bind|listen|addr|address)|-b|-p)$/.test(value);
    const next = isOption ? /^(?:\S*:)?(\d{1,5})$/.exec(args[index + 1]?.value ?? '')?.[1] : undefined;
    // `runserver 0.0.0.0:80`
    const [, address] = /^(?:0\.0\.0\.0|\[::\]|\*)?:(\d{1,5})$/.exec(value) ?? [];
    const number = whole ?? next ?? address;
    if (number !== undefined && isLow(number)) return { number, at: span };
  }
  return undefined;
}

function isLow(port: string | undefined): boolean {
  return port !== undefined && Number(port) > 0 && Number(port) < 1024;
}

/** True when a program is given the right to open them. */
function grantsPorts(subject: Subject): boolean {
  return runsOf(shippedStages(subject)).some((run) =>
    commandsOf(run).some((command) => {
      const [program, ...rest] = effectiveWords(command);
      return program === 'setcap' || rest.some((word) => word?.includes('cap_net_bind_service') === true);
    }),
  );
}
