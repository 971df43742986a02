/**
 * The policy: what an organisation asks of its images beyond the catalogue's own words. One shape for the operator's file, the
 * request and `drydock.yaml` in the context; who wins over whom is decided in core/policy/policy.ts.
 */
import { z } from 'zod';
import { Severity } from './finding.ts';

const RuleId = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[a-z][a-z0-9-]*$/, 'a rule id such as apt-lists-kept');

/** What is done with one rule: a severity, `off`, or `on` for a rule that only runs when asked. */
export const RuleSetting = z
  .enum(['off', 'on', ...Severity.options])
  .meta({ id: 'RuleSetting', description: '`off`, a severity, or `on`: the rule with its own severity.' });
export type RuleSetting = z.infer<typeof RuleSetting>;

/** The form that the value of a label must have. */
export const LabelForm = z
  .enum(['text', 'url', 'email', 'semver', 'hash', 'rfc3339', 'spdx'])
  .meta({ id: 'LabelForm', description: 'What the value of a label must look like. `text`: anything but nothing.' });
export type LabelForm = z.infer<typeof LabelForm>;

/** A finding that somebody accepted, with the reason and the day it ends. */
export const Waiver = z
  .strictObject({
    rule: RuleId,
    path: z.string().max(4096).optional().meta({ description: 'Only in this Dockerfile. Default: in every one.' }),
    fingerprint: z.string().max(64).optional().meta({ description: 'Only this one finding.' }),
    reason: z.string().min(1).max(1000),
    expires: z.iso.date().optional().meta({ description: 'Last day on which it holds. Default: for ever.' }),
  })
  .meta({ id: 'Waiver', description: 'A finding that somebody accepted, and why.' });
export type Waiver = z.infer<typeof Waiver>;

/** What an organisation, a request or a repository asks. Every part may be left out. */
export const Policy = z
  .strictObject({
    rules: z
      .record(RuleId, RuleSetting)
      .optional()
      .meta({ description: 'Severity of rules and probes, or `off`.', examples: [{ 'base-no-digest': 'warning' }] }),
    trustedRegistries: z
      .array(z.string().min(1).max(300))
      .max(200)
      .optional()
      .meta({
        description: 'Where base images may come from: a registry, or a registry with the beginning of a path.',
        examples: [['registry.example.com', 'docker.io/library']],
      }),
    labels: z
      .record(z.string().min(1).max(200), LabelForm)
      .optional()
      .meta({ description: 'Labels that the image must have, and the form of their values.' }),
    threshold: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: 'Lowest score that may be `ready`. Default 0: the required rows alone decide.' }),
    waivers: z.array(Waiver).max(1000).optional(),
  })
  .meta({ id: 'Policy', description: 'What is asked of images beyond the catalogue.' });
export type Policy = z.infer<typeof Policy>;

/** The operator's own file may also say what the others may do. */
export const OperatorPolicy = Policy.extend({
  allowWaivers: z
    .boolean()
    .optional()
    .meta({ description: '`false`: waivers of requests, repositories and comments are not heeded. Default `true`.' }),
}).meta({ id: 'OperatorPolicy', description: 'The policy of whoever runs the service.' });
export type OperatorPolicy = z.infer<typeof OperatorPolicy>;
