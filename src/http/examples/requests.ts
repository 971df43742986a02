/** What requests look like. */
import type { AnalyzeRequest, BuildOptions } from '../../schemas/options.ts';
import type { Examples } from './example.ts';

const CONTEXT = '(the bytes of context.tgz)';

const request: AnalyzeRequest = {
  dockerfile: 'FROM python:latest\nCMD python app.py\n',
  dockerignore: '.git\n.env*\n',
  options: { project: 'shop/api', store: false },
};

const options: BuildOptions = {
  ...{ project: 'shop/api', health: '/health', port: 8000, stopTimeoutSeconds: 20 },
  ...{ env: { LOG_LEVEL: 'info' }, requiredEnv: ['LOG_LEVEL'] },
};

/** The examples of bodies. */
export const requestExamples: Examples = {
  'dockerfile-text': {
    summary: "curl --data-binary @Dockerfile -H 'Content-Type: text/plain' …",
    value: 'FROM python:3.12-slim\nUSER 10001\nCMD ["python", "-m", "http.server", "8000"]\n',
  },
  'dockerfile-as-json': { summary: 'With its ignore file, and not to be stored', value: request },
  'analysis-form': {
    summary: 'curl -F dockerfile=@Dockerfile -F context=@context.tgz …',
    value: { options: { project: 'shop/api' }, dockerfile: 'FROM python:3.12-slim\n', context: CONTEXT },
  },
  'build-form': {
    summary: "curl -F 'options={…};type=application/json' -F context=@context.tgz …",
    value: { options, context: CONTEXT },
  },
  archive: {
    summary: "tar -C my-project -cz . | curl --data-binary @- -H 'Content-Type: application/gzip' …",
    value: CONTEXT,
  },
};
