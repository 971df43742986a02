/** Rule: a HEALTHCHECK that asks another port than the one the server listens on. */
import type { HealthcheckInstruction } from '../../dockerfile/types.ts';
import { whatIsChecked } from '../../plan/run-plan.ts';
import { finalStage } from '../questions/ask.ts';
import { exposedPorts, listeners } from '../questions/listening.ts';
import { mainCommand } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'healthcheck-wrong-port',
  item: 'healthcheck',
  severity: 'error',
  title: 'HEALTHCHECK of a port that nothing listens on',
  why: 'The check is refused every time: each container is called unhealthy while it serves, and is restarted or taken out of service.',
  fix: 'Ask the port that the server is started with: `CMD … --port 8000` and `HEALTHCHECK CMD curl -f http://localhost:8000/health`.',
  source: 'Dockerfile reference, HEALTHCHECK: the command runs inside the container.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12\nHEALTHCHECK CMD curl -f http://localhost:8080/health\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n',
    good: 'FROM python:3.12\nHEALTHCHECK CMD curl -f http://localhost:8000/health\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n',
  },
  provenBy: 'turns-healthy',
  *check(subject) {
    const healthcheck = finalStage(subject)?.state.healthcheck;
    const asked = whatIsChecked(healthcheck).port;
    if (healthcheck === undefined || asked === undefined || putsPortTogether(healthcheck)) return;
    const main = mainCommand(subject);
    const listener = listeners(subject).find(({ started }) => started === main);
    const port = listener?.port;
    const isExposed = (exposedPorts(subject) ?? []).some(({ from, to }) => from <= asked && asked <= to);
    if (listener !== undefined && port !== undefined) {
      // A default may be changed by what we do not see, and an exposed port may be served by something else.
      if (Number(port.value) === asked || isExposed || listeners(subject).length > 1) return;
      yield {
        at: healthcheck.span,
        ...(port.by === 'written' ? {} : { severity: 'warning' as const, confidence: 'medium' as const }),
        message: `The check asks port ${asked}, and ${listener.server.name} listens on ${port.value}${port.by === 'default' ? ' by default' : ''}.`,
      };
    }
  },
});

/** `'http://localhost:%s/' % port`, `` `http://localhost:${port}` ``: what stands behind the colon is put in when the check runs. */
function putsPortTogether({ command }: HealthcheckInstruction): boolean {
  const text =
    command?.form === 'exec' ? command.args.map(({ value, raw }) => value ?? raw).join(' ') : (command?.text ?? '');
  return /:\/\/(?:[\w.]{1,253}|\[::1?\]):(?!\d|\$\w|\$\{\w+:?-)/.test(text.slice(0, 4096));
}
