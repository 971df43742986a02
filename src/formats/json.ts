/** Format: for programs. The report as it is, with its `schemaVersion`. */
import { Report } from '../schemas/report.ts';
import { defineFormat } from './format.ts';

export default defineFormat({
  name: 'json',
  mediaType: 'application/json; charset=utf-8',
  schema: Report,
  render: (report) => `${JSON.stringify(report)}\n`,
});
