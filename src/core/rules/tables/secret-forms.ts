/**
 * Values that say by their form what they are: the literal beginning that an issuer gives to its tokens keeps the search cheap
 * and the verdict sure. Sources: the issuers' own pages; GitHub, "Supported secret scanning patterns"; secretlint's rules, against
 * which a test holds this table.
 */

/** One form. Where it has a group, that is the secret; else the whole of it. */
export interface SecretForm {
  readonly kind: string;
  readonly form: RegExp;
  /** Characters of the value that may be shown, because they only say what it is. */
  readonly shown: number;
}

/** Every form. */
export const secretForms: readonly SecretForm[] = [
  {
    kind: 'a secret API key',
    form: /\b(?:sk|rk)[-_](?:live|proj|ant|test|svcacct|admin|or)[-_][A-Za-z0-9_-]{12,}/g,
    shown: 8,
  },
  { kind: 'an API key', form: /\bsk-[A-Za-z0-9]{32,}\b/g, shown: 3 },
  {
    kind: 'a GitHub token',
    form: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}|ghs_\d{1,20}_[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{10,10000}\.[A-Za-z0-9_-]{10,1000})\b/g,
    shown: 4,
  },
  { kind: 'a GitLab token', form: /\bglpat-[A-Za-z0-9_-]{20,}/g, shown: 6 },
  { kind: 'an AWS access key', form: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g, shown: 4 },
  {
    kind: 'an AWS secret key',
    form: /(?:secret_?access_?key|secretAccessKey|SECRET_?ACCESS_?KEY|Secret_?Access_?Key)["']?\s{0,10}(?::|=>|=)\s{0,10}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/g,
    shown: 0,
  },
  { kind: 'a Google API key', form: /\bAIza[A-Za-z0-9_-]{35}\b/g, shown: 4 },
  { kind: 'a Slack token', form: /\b(?:xox[aboprs]|xapp)-[A-Za-z0-9-]{10,}/g, shown: 5 },
  {
    kind: 'a Slack webhook',
    form: /\bhttps:\/\/hooks\.slack\.com\/services\/(T[A-Za-z0-9]{1,40}\/B[A-Za-z0-9]{1,40}\/[A-Za-z0-9]{8,40})/g,
    shown: 0,
  },
  { kind: 'an npm token', form: /\bnpm_[A-Za-z0-9_]{36}\b/g, shown: 4 },
  { kind: 'a PyPI token', form: /\bpypi-[A-Za-z0-9_-]{50,}/g, shown: 5 },
  { kind: 'a Vault token', form: /\bhv[sbr]\.[A-Za-z0-9_-]{90,300}/g, shown: 4 },
  { kind: 'a Docker access token', form: /\bdckr_pat_[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])/g, shown: 9 },
  { kind: 'a SendGrid key', form: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g, shown: 3 },
  { kind: 'a Hugging Face token', form: /\bhf_[A-Za-z]{34}\b/g, shown: 3 },
  { kind: 'a Groq key', form: /\bgsk_[A-Za-z0-9]{52}\b/g, shown: 4 },
  { kind: 'a Linear key', form: /\blin_api_[A-Za-z0-9_]{32,128}\b/g, shown: 8 },
  { kind: 'a Notion token', form: /\bntn_\d{11}[A-Za-z0-9]{35}\b/g, shown: 4 },
  { kind: 'a Shopify token', form: /\bshp(?:pa|ca|at|ss)_[A-Za-z0-9]{32,64}\b/g, shown: 6 },
  {
    kind: 'a Grafana token',
    form: /\b(?:glc_eyJ[A-Za-z0-9+/]{29,400}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}\b)/g,
    shown: 4,
  },
  { kind: 'a 1Password token', form: /\bops_ey[A-Za-z0-9+/=]{100,}/g, shown: 4 },
  { kind: 'a Vercel token', form: /\bvc[piark]_(?=[A-Za-z]*\d)[A-Za-z0-9]{20,60}\b/g, shown: 4 },
  { kind: 'a Databricks token', form: /\bdapi[A-Fa-f0-9]{32}(?:-\d)?\b/g, shown: 4 },
  { kind: 'a Figma token', form: /\bfigd_[A-Za-z0-9_-]{40,200}/g, shown: 5 },
  { kind: 'a Cloudflare token', form: /\bcf(?:k|ut|at)_[A-Za-z0-9]{40}[0-9a-f]{8}\b/g, shown: 4 },
  { kind: 'a Tailscale key', form: /\btskey-[a-z]{2,20}-[0-9A-Za-z_]{8,40}-[0-9A-Za-z_]{16,60}/g, shown: 6 },
  { kind: 'a private key', form: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/g, shown: 11 },
  {
    kind: 'a password in a URL',
    form: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'$<>{}]*:(?!\$)([^\s:@/"'$<>{}]+)@[^\s"']+/gi,
    shown: 0,
  },
];

/**
 * What each form but the last holds literally; finds the places of a long text that are worth a closer look. Passwords in
 * URLs have no such beginning.
 */
export const SECRET_BEGINNING =
  /sk[-_]|rk[-_]|gh[opusr]_|github_pat_|glpat-|A(?:KIA|SIA|Iza)|x(?:ox[aboprs]|app)-|npm_|ntn_|pypi-|PRIVATE KEY|hooks\.slack\.com|hv[sbr]\.|dckr_pat_|SG\.|hf_|gsk_|lin_api_|shp(?:pa|ca|at|ss)_|gl(?:c|sa)_|ops_ey|vc[piark]_|dapi|figd_|cf(?:k|ut|at)_|tskey-|ecret_?[aA]ccess_?[kK]ey|ECRET_?ACCESS_?KEY/g;
