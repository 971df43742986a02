/** Rule: a label whose value has not the form that the policy asks for. */
import type { LabelForm } from '../../../schemas/policy.ts';
import { finalStage, shippedStages } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

const POLICY = 'policy:\n  labels:\n    org.opencontainers.image.version: semver\n';

export default defineRule({
  id: 'label-malformed',
  item: 'labels',
  severity: 'error',
  title: 'Label whose value has not the form that the policy asks for',
  why: 'Tools that read the label (inventories, links to the source, licence reports) find something they cannot read, and pass over the image.',
  fix: 'Write the value in its form: `LABEL org.opencontainers.image.version="1.4.0"`.',
  source:
    'The policy in force; OCI image spec, annotations: which keys hold a URL, a date of RFC 3339, an SPDX licence expression.',
  aliases: ['DL3051', 'DL3052', 'DL3053', 'DL3054', 'DL3055', 'DL3056', 'DL3058'],
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nLABEL org.opencontainers.image.version="newest"\n',
      files: { 'drydock.yaml': POLICY },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nLABEL org.opencontainers.image.version="1.4.0"\n',
      files: { 'drydock.yaml': POLICY },
    },
  },
  *check(subject) {
    const labels = finalStage(subject)?.state.labels;
    const forms = new Map(Object.entries(subject.policy.labels ?? {}));
    if (labels === undefined || forms.size === 0) return;
    const pairs = new Map(
      shippedStages(subject)
        .flatMap(({ instructions }) => instructions)
        .flatMap((one) => (one.keyword === 'LABEL' ? one.pairs : []))
        .map((pair) => [pair.key.value, pair]),
    );
    for (const [name, form] of forms) {
      const value = labels.get(name);
      if (value === undefined || isOf(form, value.slice(0, MOST_READ))) continue;
      yield {
        at: pairs.get(name)?.span,
        message: value.trim() === '' ? `The label ${name} is empty.` : `The label ${name} is no ${NAMES[form]}.`,
      };
    }
  },
});

/** Longer values are judged by their beginning. */
const MOST_READ = 4096;

const NAMES: Readonly<Record<LabelForm, string>> = {
  text: 'text',
  url: 'URL with a scheme',
  email: 'e-mail address',
  semver: 'semantic version',
  hash: 'commit hash',
  rfc3339: 'date of RFC 3339',
  spdx: 'SPDX licence expression',
};

const FORMS: Readonly<Record<Exclude<LabelForm, 'spdx'>, RegExp>> = {
  text: /\S/,
  url: /^[a-z][a-z\d+.-]*:\/\/[^\s/]+(?:\/\S*)?$/i,
  email: /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/,
  semver:
    /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/,
  hash: /^(?:[\da-f]{7,12}|[\da-f]{40}|[\da-f]{64})$/i,
  rfc3339:
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/,
};

/** A licence, or several with AND, OR, WITH; that each is in the list is not looked at. */
const LICENCE = /^(?:(?:DocumentRef-[\w.-]+:)?LicenseRef-[\w.-]+|[A-Za-z\d][\w.-]*\+?)$/;

function isOf(form: LabelForm, value: string): boolean {
  if (form !== 'spdx') return FORMS[form].test(value);
  const words = value.replace(/[()]/g, ' ').trim().split(/\s+/);
  return (
    words.length % 2 === 1 &&
    words.every((word, index) => (index % 2 === 1 ? /^(?:AND|OR|WITH)$/i.test(word) : LICENCE.test(word)))
  );
}
