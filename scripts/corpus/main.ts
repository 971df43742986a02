/**
 * `npm run corpus -- DIR [--only rules|builder|causes] [--rule ID] [--show N] [--list NAME] [--json FILE] [--socket PATH]
 * [--reasons FILE]`: what becomes of many real files, so that the effect of a change is seen before it lands.
 *
 * Rules: files, findings and time per rule, crashes, and what the edits do. Each folder in DIR is a whole project, each file
 * a Dockerfile alone. Builder: where our reading and a real BuildKit's differ, with both sides; nothing is built.
 * Causes, only when asked for: recorded reasons of failed builds (DIR.jsonl, or --reasons) by cause; they never fail.
 * Exit code 1 when a rule crashes, an edit does not keep its promise, or a difference has no explanation.
 */
import { parseArgs } from 'node:util';
import { compareWithBuilder } from './builder.ts';
import { countCauses } from './causes.ts';
import { countRules } from './rules.ts';

const { values, positionals } = parseArgs({
  options: {
    only: { type: 'string' },
    rule: { type: 'string' },
    show: { type: 'string', default: '0' },
    list: { type: 'string', default: '_FILES.txt' },
    json: { type: 'string' },
    reasons: { type: 'string' },
    socket: { type: 'string', default: '/var/run/docker.sock' },
  },
  allowPositionals: true,
});
const folder = positionals[0];
if (folder === undefined) {
  console.error(
    'npm run corpus -- DIR: a folder of Dockerfiles or projects is needed, and an engine on /var/run/docker.sock (or --socket).',
  );
  process.exit(2);
}
if (values.only === 'causes') {
  countCauses(folder, values.reasons ?? `${folder.replace(/\/+$/, '')}.jsonl`, Number(values.show));
  process.exit(0);
}
const areRulesFine =
  values.only === 'builder' || countRules(folder, { rule: values.rule, show: Number(values.show), list: values.list });
const isReadingFine = values.only === 'rules' || (await compareWithBuilder(folder, values.socket, values.json));
if (!areRulesFine || !isReadingFine) process.exitCode = 1;
