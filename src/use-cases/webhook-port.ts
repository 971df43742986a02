/** The ports of webhooks: what is kept of them (adapters/store), and who sends (adapters/webhooks). */
import type { BuildFinished, Webhook, WebhookDelivery } from '../schemas/webhook.ts';
import type { Origin } from './origin.ts';

/** Where to send, and what signs it: sealed at rest. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** A webhook to be kept. */
export interface WebhookToKeep {
  readonly id: string;
  /** The URL as it may be shown. */
  readonly shownUrl: string;
  readonly projects: readonly string[] | null;
  readonly description: string;
  readonly createdAt: string;
  readonly target: WebhookTarget;
}

/** A webhook as it is kept. */
export type KeptWebhook = Readonly<Omit<Webhook, 'links'>>;

/** A delivery that this sender owns until its lease ends. What became of it is fenced by `attempt`. */
export interface ClaimedDelivery {
  readonly webhookId: string;
  readonly buildId: string;
  readonly eventId: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** The last delivery to this webhook went wrong. */
  readonly isFailing: boolean;
  readonly target: WebhookTarget;
  /** What there is to tell; links are the caller's. */
  /** The request that asked for the build; `undefined` in rows of earlier versions. */
  readonly origin: Origin | undefined;
  readonly event: Pick<BuildFinished, 'timestamp'> & { readonly data: Omit<BuildFinished['data'], 'links'> };
}

/** What became of one attempt. `gone`: the receiver wants nothing any more, so the webhook is switched off. */
export type DeliveryEnd =
  | { readonly was: 'delivered'; readonly httpStatus: number }
  | { readonly was: 'gone'; readonly httpStatus: number; readonly at: string; readonly problem: string }
  | { readonly was: 'failed'; readonly httpStatus: number | null; readonly problem: string }
  | { readonly was: 'again'; readonly httpStatus: number | null; readonly problem: string; readonly nextAt: string };

/** Webhooks and their deliveries, in figures. */
export interface WebhookFigures {
  readonly active: number;
  /** Switched off: nothing is sent to them any more. */
  readonly disabled: number;
  /** Deliveries that have not come to an end, those of later attempts included. */
  readonly waiting: number;
  /** When the one that has to be sent first is to be sent, ISO 8601; while it is on its way, the end of its lease. `undefined`: none waits. */
  readonly dueSince: string | undefined;
}

/** Webhooks and their deliveries. The end of a build and its deliveries are one transaction. Throws AppError `storage-unavailable`. */
export interface WebhookStore {
  /** `false`: there are `most` already. */
  insertWebhook(webhook: WebhookToKeep, most: number): Promise<boolean>;
  /** All of them, the first first. */
  webhooks(): Promise<readonly KeptWebhook[]>;
  webhook(id: string): Promise<KeptWebhook | undefined>;
  /** `undefined`: there is none, or it was sealed with another key. */
  webhookTarget(id: string): Promise<WebhookTarget | undefined>;
  /** The latest first. */
  webhookDeliveries(id: string, limit: number): Promise<readonly WebhookDelivery[]>;
  /** Removes a webhook and its deliveries; `false`: there is none. */
  removeWebhook(id: string): Promise<boolean>;
  /**
   * Takes the delivery that has been due longest, or `undefined`; it is due again at `leaseUntil`, so that one whose sender died is
   * not lost. One whose target cannot be unsealed switches its webhook off.
   */
  claimDelivery(wanted: {
    readonly at: string;
    readonly leaseUntil: string;
    /** Webhooks to leave alone: something is on its way to them. */
    readonly busy: readonly string[];
    /** Only of webhooks whose last delivery went well. */
    readonly isHealthyOnly: boolean;
  }): Promise<ClaimedDelivery | undefined>;
  /** How many webhooks there are, and how far their deliveries are. */
  webhookFigures(): Promise<WebhookFigures>;
  /** Writes what became of it; `false` when it is no longer this attempt's. */
  endDelivery(claim: ClaimedDelivery, end: DeliveryEnd): Promise<boolean>;
}

/** A message to one receiver. `id` is the same at each attempt. */
export interface WebhookMessage {
  readonly id: string;
  readonly body: string;
  /** Headers of the trace that it belongs to. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a receiver said; nothing of its body. */
export interface WebhookAnswer {
  /** `null`: it did not answer, or was not asked. */
  readonly httpStatus: number | null;
  /** A sentence; `null` where it took the message (2xx). */
  readonly problem: string | null;
  readonly retryAfterSeconds: number | undefined;
  readonly durationMs: number;
}

/** Sends as Standard Webhooks says, to addresses that may be reached, and follows nobody elsewhere. */
export interface WebhookSender {
  /** What speaks against a URL, found without a look into DNS; `undefined`: nothing. */
  refusal(url: string): { readonly why: 'form' | 'private'; readonly sentence: string } | undefined;
  newSecret(): string;
  /** Never rejects; the signal ends it early. */
  send(target: WebhookTarget, message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer>;
}
