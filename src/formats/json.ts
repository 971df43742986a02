/** Format: for programs. The report as it is. */
import { defineFormat } from './format.ts';

export default defineFormat({
  name: 'json',
  mediaType: 'application/json; charset=utf-8',
  render: (report) => `${JSON.stringify(report)}\n`,
});
