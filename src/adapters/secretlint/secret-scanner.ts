/**
 * The port `SecretScanner`, served by secretlint's recommended rules. In process, without network and without disk: the rules are
 * never told a path, because one of them opens it. A literal-prefix search comes first, since most texts hold nothing.
 */
import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { Leak } from '../../core/rules/rule.ts';
import type { SecretScanner } from '../../use-cases/ports.ts';

/** What each rule's finds begin with, or cannot be without. A text with none of these is not worth half a millisecond. */
const PREFIXES =
  /:\/\/[^\s/@]*@|AKIA|A3T|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA|aws|secret_?access|PRIVATE KEY|gh[opusr]_|github_pat_|gl(?:pat|c|sa)[-_]|xox[abopr]-|xapp-|hooks\.slack\.com|npm_|sk-|[sr]k_(?:live|test)_|hv[sbr]\.|dckr_pat_|SG\.|hf_|gsk_|lin_api_|ntn_|shp(?:pa|ca|at|ss)_|ops_ey|vc[piark]_|dapi|figd_|cf(?:k|ut|at)_|tskey-/i;

/** Rules that a text could use to hide from the others. */
const NOT_ASKED = '@secretlint/secretlint-rule-filter-comments';

/** The number of an account is no secret. */
const PUBLIC = 'AWSAccountID';

/** What the rules find, in words that end the phrase "This holds". */
const KINDS: Readonly<Record<string, string>> = {
  aws: 'an AWS key',
  gcp: 'a key of a Google service account',
  privatekey: 'a private key',
  basicauth: 'a password in a URL',
  'database-connection-string': 'a password in a URL',
  npm: 'an npm token',
  slack: 'a Slack token',
  stripe: 'a Stripe key',
  github: 'a GitHub token',
  gitlab: 'a GitLab token',
  docker: 'a Docker access token',
  'hashicorp-vault': 'a Vault token',
  openai: 'an OpenAI key',
  anthropic: 'an Anthropic key',
  sendgrid: 'a SendGrid key',
  huggingface: 'a Hugging Face token',
};

/** Starting no further text after this long; what was found until then is told. */
const DEADLINE_MS = 1000;

/** Texts are read so far: the rules take a second for a megabyte of what looks like keys, and real files are far shorter. */
const MOST_CHARACTERS = 128 * 1024;

/** Makes the scanner. Its rules keep no state; scans may run side by side. */
export function makeSecretScanner(): SecretScanner {
  // It keeps every mark of every call for ever.
  secretLintProfiler.setEnabled(false);
  const config = {
    rules: rules
      .filter(({ meta }) => meta.id !== NOT_ASKED)
      .map((rule) => ({
        id: rule.meta.id,
        rule,
        // The id of an AWS key is only looked for when asked.
        options: rule.meta.id.endsWith('-aws') ? { enableIDScanRule: true } : {},
      })),
  };
  return {
    async scan(texts) {
      const leaks: Leak[] = [];
      const end = performance.now() + DEADLINE_MS;
      for (const { path, text: whole } of texts) {
        if (performance.now() > end) break;
        const text = whole.slice(0, MOST_CHARACTERS);
        if (!PREFIXES.test(text)) continue;
        const { messages } = await lintSource({
          source: { filePath: '', content: text, contentType: 'text', ext: path.endsWith('.json') ? '.json' : '.txt' },
          options: { config, maskSecrets: true, noPhysicFilePath: true },
        });
        for (const { ruleId, messageId, range } of messages)
          if (messageId !== PUBLIC) leaks.push({ path, start: range[0], end: range[1], kind: kindOf(ruleId) });
      }
      return leaks;
    },
  };
}

function kindOf(ruleId: string): string {
  const name = ruleId.replace('@secretlint/secretlint-rule-', '');
  return KINDS[name] ?? `a ${name} token`;
}
