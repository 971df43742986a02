/** Rule: a label that the policy asks for is not there. */
import { finalStage } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

const POLICY = 'policy:\n  labels:\n    org.opencontainers.image.source: url\n';

export default defineRule({
  id: 'label-required',
  item: 'labels',
  severity: 'error',
  title: 'Label of the policy that is missing',
  why: 'The organisation finds owners, sources and versions of its images by these labels; an image without them cannot be traced.',
  fix: 'Set it: `LABEL org.opencontainers.image.source="https://git.example/shop/api"`.',
  source: 'The policy in force; OCI image spec, annotations.',
  aliases: ['DL3049'],
  examples: {
    bad: { dockerfile: 'FROM python:3.12-slim\n', files: { 'drydock.yaml': POLICY } },
    good: {
      dockerfile: 'FROM python:3.12-slim\nLABEL org.opencontainers.image.source="https://git.example/shop/api"\n',
      files: { 'drydock.yaml': POLICY },
    },
  },
  *check(subject) {
    const stage = finalStage(subject);
    if (stage === undefined) return;
    const { labels } = stage.state;
    for (const name of Object.keys(subject.policy.labels ?? {})) {
      if (!labels.has(name)) yield { at: undefined, message: `The policy asks for the label ${name}.`, identity: name };
    }
  },
});
