/** Webhooks: where the end of a build is told, what is sent, and what became of it. */
import { z } from 'zod';
import { BuildState } from './build.ts';
import { KnownProject } from './options.ts';
import { Report, Verdict } from './report.ts';

/** Fewest and most bytes of a secret. Source: Standard Webhooks, "Signature scheme". */
const SECRET_BYTES = { fewest: 24, most: 64 } as const;

/** Names of projects as a token has them: `*` at the end stands for any rest. */
const ProjectPattern = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?:[\w.@/-]+\*?|\*)$/, 'letters, digits and . _ - @ / only, and * at the end for any rest');

const secretForm = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const WebhookSecret = z
  .string()
  .max(100)
  .regex(secretForm, 'whsec_ and the base64 of 24 to 64 random bytes')
  .refine((text) => {
    const bytes = Buffer.byteLength(text.slice('whsec_'.length), 'base64');
    return bytes >= SECRET_BYTES.fewest && bytes <= SECRET_BYTES.most;
  }, `The secret must have ${SECRET_BYTES.fewest} to ${SECRET_BYTES.most} bytes behind whsec_`);

const description = z.string().max(500);
const projects = z.array(ProjectPattern).min(1).max(50);

/** JSON body of `POST /webhooks`. */
export const WebhookRequest = z
  .strictObject({
    url: z
      .string()
      .min(1)
      .max(2000)
      .meta({
        description:
          'Where to send: http or https, without a user name. Addresses that are not public are refused, unless the operator allows them (DRYDOCK_WEBHOOK_ALLOW). A secret may stand in its query: that is sealed, and never shown again.',
        examples: ['https://ci.example/hooks/drydock'],
      }),
    projects: projects.optional().meta({
      description:
        'Builds of these projects only; `*` at the end stands for any rest. Default: all that the token sees.',
      examples: [['shop/*']],
    }),
    description: description.optional().meta({ description: 'For people: who wants it, and what for.' }),
    secret: WebhookSecret.optional().meta({
      description: 'Signs each delivery: `whsec_` and the base64 of 24 to 64 random bytes. Default: one is made.',
    }),
  })
  .meta({ id: 'WebhookRequest', description: 'A webhook to be registered.' });
export type WebhookRequest = z.infer<typeof WebhookRequest>;

const shown = z.strictObject({
  id: z.string().max(64),
  url: z.string().max(2000).meta({ description: 'Without its query, which may hold a secret.' }),
  projects: projects.nullable().meta({ description: '`null`: of every project, and of none.' }),
  description,
  createdAt: z.iso.datetime(),
  disabled: z
    .strictObject({ at: z.iso.datetime(), why: z.string().max(500) })
    .nullable()
    .meta({ description: 'Nothing is sent any more since then, and why; `null` while it is in use.' }),
  links: z.strictObject({ self: z.string().max(200), test: z.string().max(200) }),
});

/** A webhook, as lists show it. */
export const Webhook = shown.meta({ id: 'Webhook', description: 'Where the end of a build is told.' });
export type Webhook = z.infer<typeof Webhook>;

/** What `POST /webhooks` answers: the only time that the secret is shown. */
export const NewWebhook = shown
  .extend({ secret: WebhookSecret.meta({ description: 'Signs each delivery. It is never shown again.' }) })
  .meta({ id: 'NewWebhook', description: 'A webhook that was registered, and its secret.' });
export type NewWebhook = z.infer<typeof NewWebhook>;

/** What `GET /webhooks` answers. */
export const WebhookList = z
  .strictObject({ webhooks: z.array(Webhook).max(100) })
  .meta({ id: 'WebhookList', description: 'Webhooks, the first first.' });
export type WebhookList = z.infer<typeof WebhookList>;

const problem = z.string().max(500).nullable().meta({ description: 'What went wrong; `null`: nothing did.' });
const httpStatus = z
  .int()
  .min(100)
  .max(999)
  .nullable()
  .meta({ description: 'What the receiver answered last; `null`: it did not.' });

/** One event on its way to one webhook. */
export const WebhookDelivery = z
  .strictObject({
    eventId: z.string().max(100).meta({ description: 'The header `webhook-id`: the same at each attempt.' }),
    buildId: z.string().max(64),
    status: z.enum(['waiting', 'delivered', 'failed']).meta({ description: '`failed`: it is not tried again.' }),
    attempt: z.int().min(0).meta({ description: 'How often it was sent.' }),
    createdAt: z.iso.datetime(),
    nextAttemptAt: z.iso.datetime().nullable().meta({ description: 'Only while it waits.' }),
    httpStatus,
    problem,
  })
  .meta({ id: 'WebhookDelivery', description: 'One event on its way to one webhook.' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** What `GET /webhooks/{id}` answers. */
export const WebhookDetail = shown
  .extend({ deliveries: z.array(WebhookDelivery).max(50).meta({ description: 'The latest first.' }) })
  .meta({ id: 'WebhookDetail', description: 'A webhook and its latest deliveries.' });
export type WebhookDetail = z.infer<typeof WebhookDetail>;

/** What `POST /webhooks/{id}/test` answers: what the receiver said to an event of the type `drydock.test`. */
export const WebhookTest = z
  .strictObject({
    status: z.enum(['delivered', 'failed']),
    httpStatus,
    durationMs: z.int().min(0),
    problem,
  })
  .meta({ id: 'WebhookTest', description: 'What the receiver said to a test.' });
export type WebhookTest = z.infer<typeof WebhookTest>;

/** What is sent when a build has ended. */
export const BuildFinished = z
  .strictObject({
    type: z.literal('build.finished'),
    timestamp: z.iso.datetime().meta({ description: 'When the build ended.' }),
    data: z.strictObject({
      build: z.string().max(64),
      project: KnownProject.nullable(),
      state: BuildState,
      verdict: Verdict.nullable(),
      score: Report.shape.score.nullable(),
      grade: Report.shape.grade.nullable(),
      attempt: z.int().min(1),
      links: z.strictObject({ self: z.string().max(2500), report: z.string().max(2500) }),
    }),
  })
  .meta({ id: 'BuildFinished', description: 'What is sent when a build has ended.' });
export type BuildFinished = z.infer<typeof BuildFinished>;
