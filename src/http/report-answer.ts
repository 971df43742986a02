/** A report as an answer: which format was asked for, and what a gate in a pipeline looks at. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { z } from 'zod';
import type { Format } from '../formats/format.ts';
import { PLAIN } from '../formats/format.ts';
import { formats } from '../formats/index.ts';
import type { Report } from '../schemas/report.ts';
import { shown } from './examples/example.ts';
import type { AnswerMedia } from './operation.ts';

/** What a client gets that asks for nothing; where several are wanted alike, the first one. */
const PREFERRED = ['json', 'text'];

const inOrder = [...formats].sort((a, b) => rank(a) - rank(b));

function rank({ name }: Format): number {
  return PREFERRED.includes(name) ? PREFERRED.indexOf(name) : PREFERRED.length;
}

/** Each type that `Accept` may name, with its format. */
const byType = new Map(
  inOrder.flatMap((format) => (format.accepts ?? [format.mediaType]).map((type) => [type, format] as const)),
);

/**
 * A browser puts `application/xml` behind the page that it really wants: it gets what is there without being asked.
 * @see byType
 */
const PAGE = 'text/html';

const FormatName = z
  .enum(formats.map(({ name }) => name))
  .meta({ id: 'FormatName', description: 'How the report is told. Default: what `Accept` picks, else `json`.' });

/** The query parameters that say how a report is told. */
export const ReportQuery = z.strictObject({
  format: FormatName.optional(),
  color: z.boolean().optional().meta({ description: '`true`: `text` in colour. Other formats have none.' }),
  width: z
    .int()
    .min(40)
    .max(500)
    .optional()
    .meta({ description: `How wide \`text\` is, in columns. Default ${PLAIN.width}.` }),
});

/** What was asked about the form of a report. */
export type ReportWish = z.infer<typeof ReportQuery>;

/** Answers with a report in the wished format; `Drydock-Verdict` says `ready` or `not-ready` whatever the format. */
export function answerReport(
  request: FastifyRequest,
  reply: FastifyReply,
  report: Report,
  { format: wish, color = PLAIN.color, width = PLAIN.width }: ReportWish,
): FastifyReply {
  const format = wish === undefined ? accepted(request) : formats.find(({ name }) => name === wish);
  if (format === undefined) throw new Error(`the contract let an unknown format pass: ${wish}`);
  if (wish === undefined) void reply.header('vary', 'Accept');
  return reply
    .header('drydock-verdict', report.verdict)
    .type(format.mediaType)
    .send(format.render(report, { color, width }));
}

/** What `Accept` picks. JSON where nothing fits: a report in the wrong form is of more use than none (RFC 9110, 12.4.1). */
function accepted({ headers }: FastifyRequest): Format | undefined {
  const best = new Negotiator({ headers }).mediaType([...byType.keys(), PAGE]);
  return (best === undefined ? undefined : byType.get(best)) ?? inOrder[0];
}

const AnyText = z.string();

/**
 * A report in every format, for the contract. What formats of one media type have in common is that it is one of them.
 * @param example  of which report the examples are
 */
export function reportContent(example: Report['kind']): Record<string, AnswerMedia> {
  const byMediaType = Map.groupBy(inOrder, ({ mediaType }) => mediaType.split(';')[0] ?? mediaType);
  return Object.fromEntries(
    [...byMediaType].map(([mediaType, own]) => {
      const [schema = AnyText, ...others] = new Set(own.map((format) => format.schema ?? AnyText));
      const examples = shown(...own.map(({ name }) => `${example}-${name}`));
      return [mediaType, { schema: others.length === 0 ? schema : z.union([schema, ...others]), examples }];
    }),
  );
}

/** Headers of an answer that is a report. */
export const REPORT_HEADERS = {
  'Drydock-Verdict': '`ready` or `not-ready`, whatever the format.',
  Vary: '`Accept`, where that picked the format.',
} as const;

/** What every address of a report says of `Accept`. */
export const FORM_SAID =
  'The form is what `format` says, else what `Accept` picks (`github` and `gitlab` have no media type of their own), else JSON.';
