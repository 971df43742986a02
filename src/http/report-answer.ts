/** A report as an answer: which format was asked for, and what a gate in a pipeline looks at. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { formats } from '../formats/index.ts';
import { Report } from '../schemas/report.ts';

const names = formats.map((format) => format.name);

/** The query parameter `format`. */
export const FormatName = z
  .enum(names)
  .meta({ id: 'FormatName', description: 'How the report is told. Default `json`.' });

/** Answers with a report in the wished format; `Drydock-Verdict` says `ready` or `not-ready` whatever the format. */
export function answerReport(reply: FastifyReply, report: Report, wish: string | undefined): FastifyReply {
  const format = formats.find(({ name }) => name === (wish ?? 'json'));
  if (format === undefined) throw new Error(`the contract let an unknown format pass: ${wish}`);
  return reply.header('drydock-verdict', report.verdict).type(format.mediaType).send(format.render(report));
}

/** A report in every format, for the contract. */
export function reportContent(): Record<string, { schema: z.ZodType }> {
  return Object.fromEntries(
    formats.map(({ name, mediaType }) => [
      mediaType.split(';')[0] ?? mediaType,
      { schema: name === 'json' ? Report : z.string() },
    ]),
  );
}

/** Headers of an answer that is a report. */
export const REPORT_HEADERS = { 'Drydock-Verdict': '`ready` or `not-ready`, whatever the format.' } as const;
