/** Rule: no HEALTHCHECK, or HEALTHCHECK NONE. */
import { finalBase, finalStage, knownFinalBase } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'healthcheck-missing',
  item: 'healthcheck',
  severity: 'error',
  title: 'No HEALTHCHECK',
  why: 'Docker and Compose then know only that the process exists. A server that hangs, or has lost its database, keeps getting requests.',
  fix: 'Ask the service itself: `HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD curl -f http://localhost:8000/health || exit 1`.',
  source: 'Lessons, "Health".',
  aliases: ['DL3057', 'DS-0026', 'CKV_DOCKER_2', 'CIS-DI-0006'],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.12-slim\nHEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen(\'http://localhost:8000/health\')"\nCMD ["python", "app.py"]\n',
  },
  *check(subject) {
    const stage = finalStage(subject);
    if (stage === undefined) return;
    const { healthcheck } = stage.state;
    if (healthcheck !== undefined) {
      if (healthcheck.command === undefined) {
        yield { at: healthcheck.span, message: 'HEALTHCHECK NONE switches the health check off.' };
      }
      return;
    }
    const known = knownFinalBase(subject);
    if (known === undefined) {
      const base = finalBase(subject);
      const image = base?.kind === 'image' ? base.reference.name : stage.from.image.raw;
      yield { cannotTell: `No HEALTHCHECK is set here, and whether ${image} brings one is not known.` };
    } else if (!known.healthcheck) {
      yield { at: undefined, message: 'The final stage has no HEALTHCHECK, and its base image brings none.' };
    }
  },
});
