/** Rule: a HEALTHCHECK that says yes whatever the service does. */
import { alwaysSucceeds } from '../../dockerfile/shell/shell-outcome.ts';
import { finalStage } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'healthcheck-always-passes',
  item: 'healthcheck',
  severity: 'error',
  title: 'HEALTHCHECK that always passes',
  why: 'A test that ends with 0 whatever happens calls every container healthy: one that hangs, or never came up, keeps getting requests, and nobody is told.',
  fix: 'Ask the service, and let a no be a no: `HEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1`.',
  source: 'Dockerfile reference, HEALTHCHECK: the exit status of the test is its answer, 0 healthy and 1 unhealthy.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost:8000/health || true\n',
    good: 'FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1\n',
  },
  *check(subject) {
    const healthcheck = finalStage(subject)?.state.healthcheck;
    if (healthcheck?.command === undefined || !alwaysSucceeds(healthcheck.command)) return;
    yield { at: healthcheck.span, message: 'The health check ends with 0 whatever the service does.' };
  },
});
