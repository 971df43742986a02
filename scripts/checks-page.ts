/** docs/checks.md: the checklist, every rule and every probe, as the program itself has them. Called by generate.ts. */
import { checklist } from '../src/core/report/checklist.ts';
import { probes } from '../src/core/probes/index.ts';
import type { AnyProbe } from '../src/core/probes/probe.ts';
import { askedByPlatform, dropped } from '../src/core/policy/profiles.ts';
import { rules } from '../src/core/rules/index.ts';
import type { Example, Rule } from '../src/core/rules/rule.ts';
import { ItemId } from '../src/schemas/item.ts';
import { ProfileName } from '../src/schemas/report.ts';

/** What a probe of each phase has before it. */
const PHASES: Readonly<Record<AnyProbe['phase'], string>> = {
  built: 'the build and its steps',
  image: 'the layers, the history and the configuration of the image',
  running: 'the container while it runs',
  paused: 'the container while each of its `services` is paused in turn',
  stopped: 'how the container ended',
  watched: 'the container from its start until it is stopped',
  variants: 'further runs of the image under other conditions',
  rebuilt: 'a second build, after one source file was changed',
};

/** The page. Headings are the ids, so that `checks.md#apt-lists-kept` leads to the rule. */
export function checksPage(): string {
  return [
    `# Checks

What Drydock looks at: ${ItemId.options.length} rows, ${rules.length} rules, ${probes.length} probes. A **rule** reads the Dockerfile and its context, and predicts; a
**probe** looks at the image or the running container, and proves. Each feeds one row. How a row gets its status from both:
[decision 1](decisions/0001-row-status.md). The same as data: \`GET /checks\`, \`GET /checks/{id}\`, \`GET /checks?alias=DL3009\`.

A failed \`required\` row makes the verdict \`not-ready\`, and in a verification an \`unknown\` one does, too. In the score rows weigh 3
(\`required\`), 2 (\`recommended\`) and 1 (\`info\`). Of findings \`error\` fails the row, \`warning\` warns, \`info\` and \`style\` leave it as it is.
What a profile is for: [policy.md](policy.md). Rules that are marked *opt-in* run only when a policy switches them on. Whoever looks for
a check of hadolint, BuildKit, trivy or checkov finds it [at the end](#by-the-names-of-other-tools).

## The rows

| row | what it says when it passes | level | rules | probes | does not apply under |
|---|---|---|---|---|---|
`,
    ...ItemId.options.map(tableRow),
    ...ItemId.options.map(section),
    '\n## By the names of other tools\n\n| there | here |\n|---|---|\n',
    ...byAlias().map(([alias, ids]) => `| ${alias} | ${ids.map(link).join(', ')} |\n`),
  ].join('');
}

function byAlias(): readonly (readonly [alias: string, ids: readonly string[]])[] {
  const pairs = rules.flatMap(({ id, aliases }) => aliases.map((alias) => [alias, id] as const));
  const grouped = Map.groupBy(pairs, ([alias]) => alias);
  return [...grouped]
    .map(([alias, own]) => [alias, own.map(([, id]) => id)] as const)
    .toSorted(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }));
}

function tableRow(item: ItemId): string {
  const { level, title } = checklist[item];
  const [own, looking] = [rulesOf(item), probesOf(item)];
  return `| [\`${item}\`](#row-${item}) | ${title} | ${level} | ${own.length} | ${looking.length} | ${without(item).join(', ')} |\n`;
}

function section(item: ItemId): string {
  const { category, level, title } = checklist[item];
  const profiles = without(item);
  const own = rulesOf(item);
  const looking = probesOf(item);
  return [
    `\n## Row: ${item}\n\n`,
    `**${title}.** ${category}, \`${level}\`.${profiles.length === 0 ? '' : ` Does not apply under ${profiles.join(', ')}.`}\n\n`,
    `Predicted by ${own.map(({ id }) => link(id)).join(', ')}.\n\n`,
    looking.length === 0
      ? 'No probe looks at it: what the text predicts decides.\n'
      : `Proven by ${looking.map(({ id }) => link(id)).join(', ')}.\n`,
    ...platforms(item),
    ...own.map(ruleEntry),
    ...looking.map(probeEntry),
  ].join('');
}

function rulesOf(item: ItemId): readonly Rule[] {
  return rules.filter((rule) => rule.item === item);
}

function probesOf(item: ItemId): readonly AnyProbe[] {
  return probes.filter((probe) => probe.item === item);
}

/** The profiles that leave a row out. */
function without(item: ItemId): readonly string[] {
  return ProfileName.options.filter((name) => dropped[name].includes(item)).map((name) => `\`${name}\``);
}

/** Where the profile leaves out what the text says, and what the service itself shows counts all the same. */
function platforms(item: ItemId): readonly string[] {
  return ProfileName.options.flatMap((name) => {
    const asked = probesOf(item).filter(({ id }) => askedByPlatform[name]?.includes(id) === true);
    const probed = asked.map(({ id }) => link(id)).join(' and ');
    return asked.length === 0 ? [] : [`\nUnder \`${name}\` ${probed} count all the same.\n`];
  });
}

function link(id: string): string {
  return `[${id}](#${id})`;
}

function ruleEntry(rule: Rule): string {
  const { severity, optIn, needs, provenBy, aliases, examples } = rule;
  const facts = [
    `Rule, \`${severity}\``,
    ...(optIn === true ? ['*opt-in*'] : []),
    ...(needs === 'files' ? ['needs the files of the context'] : []),
    ...(provenBy === undefined ? [] : [`taken back where ${link(provenBy)} passes`]),
    ...(aliases.length === 0 ? [] : [`also ${aliases.join(', ')}`]),
  ];
  return [
    ...said(rule, facts),
    `<details>\n<summary>Examples</summary>\n\nFlagged:\n\n${shown(examples.bad)}\nNot flagged:\n\n${shown(examples.good)}\n</details>\n`,
  ].join('');
}

function probeEntry(probe: AnyProbe): string {
  const facts = [
    `Probe, \`${probe.severity}\``,
    `looks at ${PHASES[probe.phase]}`,
    ...(probe.isPartial === true ? ['proves a part of the row'] : []),
    ...(probe.evidenceOnly === true ? ['evidence only: decides nothing'] : []),
  ];
  return said(probe, facts).join('').trimEnd() + '\n';
}

/** What rules and probes have in common. Their ids are all different; that a probe is called like its row does not matter here. */
function said({ id, title, why, fix, source }: Rule | AnyProbe, facts: readonly string[]): readonly string[] {
  return [`\n### ${id}\n\n**${title}.** ${facts.join('; ')}.\n\n${why}\n\n*Remedy:* ${fix}\n\n*Source:* ${source}\n\n`];
}

/** The files of an example, each in a fence that its text cannot close. */
function shown(example: Example): string {
  const { dockerfile, files } = typeof example === 'string' ? { dockerfile: example, files: {} } : example;
  const others = Object.entries(files).map(([path, text]) => `\`${path}\`:\n\n${fence('', text)}`);
  return [fence('dockerfile', dockerfile), ...others].join('\n');
}

function fence(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${text.endsWith('\n') ? text : `${text}\n`}${ticks}\n`;
}
