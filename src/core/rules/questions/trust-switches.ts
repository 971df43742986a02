/**
 * Switches that turn off the check of who is at the other end (`tls`), or of who signed a package (`signature`).
 * One table; a new switch is one more row. Source: the manuals of the programs.
 */
import type { ShellCommand } from '../../dockerfile/types.ts';
import { callOf } from './installs.ts';

/** What is not checked any more. */
export type Trust = 'tls' | 'signature';

interface Row {
  readonly trust: Trust;
  readonly programs: RegExp;
  /** Matched against each word, known ones only. */
  readonly word: RegExp;
  /** Matched against the word before it. */
  readonly behind?: RegExp;
}

const NODE = /^(?:npm|pnpm|yarn)$/;
const RPM = /^(?:dnf|yum|microdnf|tdnf|zypper|rpm)$/;

const ROWS: readonly Row[] = [
  // Only letters that take no value stand before the k.
  { trust: 'tls', programs: /^curl$/, word: /^(?:--insecure|-[fsSLgvOJIiN#]*k[fsSLgvOJIiNo#]*)$/ },
  { trust: 'tls', programs: /^wget$/, word: /^--no-check-certificate$/ },
  { trust: 'tls', programs: /^aria2c$/, word: /^--check-certificate=false$/ },
  { trust: 'tls', programs: /^git$/, word: /^http\.sslverify=(?:false|0|no)$/i },
  { trust: 'tls', programs: /^git$/, word: /^(?:false|0|no)$/, behind: /^http\.(?:.+\.)?sslverify$/i },
  { trust: 'tls', programs: /^(?:pip[\d.]*|python[\d.]*|pipenv)$/, word: /^--trusted-host(?:=|$)/ },
  { trust: 'tls', programs: /^pip[\d.]*$/, word: /./, behind: /^(?:global|install)\.trusted-host$/ },
  { trust: 'tls', programs: /^uv$/, word: /^--(?:allow-insecure-host|trusted-host)(?:=|$)/ },
  { trust: 'tls', programs: NODE, word: /^(?:--)?strict-ssl=false$|^--no-strict-ssl$/ },
  { trust: 'tls', programs: NODE, word: /^false$/, behind: /^(?:--)?(?:strict-ssl|enableStrictSsl)$/ },
  { trust: 'tls', programs: /^composer$/, word: /^true$/, behind: /^disable-tls$/ },
  { trust: 'tls', programs: /^(?:conda|mamba)$/, word: /^(?:false|no)$/i, behind: /^ssl_verify$/ },
  { trust: 'tls', programs: /^(?:apt|apt-get)$/, word: /^Acquire::https::(?:.+::)?Verify-(?:Peer|Host)=(?:false|0)$/i },
  { trust: 'tls', programs: RPM, word: /^--setopt=(?:\S+\.)?sslverify=(?:false|0|no)$/i },
  {
    trust: 'signature',
    programs: /^(?:apt|apt-get|aptitude)$/,
    word: /^--(?:allow-unauthenticated|force-yes|no-gpg-check)$/,
  },
  {
    trust: 'signature',
    programs: /^(?:apt|apt-get)$/,
    word: /^(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories)=(?:true|1|yes)$/i,
  },
  { trust: 'signature', programs: /^apk$/, word: /^--allow-untrusted$/ },
  { trust: 'signature', programs: RPM, word: /^--(?:nogpgcheck|no-gpg-checks|nosignature|nodigest|noverify)$/ },
  { trust: 'signature', programs: RPM, word: /^--setopt=(?:\S+\.)?gpgcheck=(?:false|0|no)$/i },
];

/** Every program of the rows: most commands are none of them. */
const PROGRAMS = new RegExp(ROWS.map(({ programs }) => programs.source).join('|'));

/** The word of a command that switches a check off; `undefined` when none does, or when the other end is this machine. */
export function switchOff(command: ShellCommand, trust: Trust): string | undefined {
  const [program, ...rest] = callOf(command, PROGRAMS) ?? [];
  if (program === undefined) return undefined;
  const rows = ROWS.filter((row) => row.trust === trust && row.programs.test(program));
  if (rows.length === 0) return undefined;
  const urls = rest.filter((word) => word !== undefined && /^https?:\/\//.test(word));
  // Its own certificate, or none to check.
  if (
    trust === 'tls' &&
    urls.length > 0 &&
    urls.every((url) => /^http:|^https:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/]/.test(`${url}/`))
  )
    return undefined;
  return rest.find(
    (word, index) =>
      word !== undefined &&
      rows.some((row) => row.word.test(word) && (row.behind === undefined || row.behind.test(rest[index - 1] ?? ''))),
  );
}

/** Variables that switch it off for everything that is started. */
const VARIABLES: Readonly<Record<string, RegExp>> = {
  NODE_TLS_REJECT_UNAUTHORIZED: /^0$/,
  PYTHONHTTPSVERIFY: /^0$/,
  GIT_SSL_NO_VERIFY: /^(?!(?:false|0|no)?$)/i,
  PIP_TRUSTED_HOST: /./,
  UV_INSECURE_HOST: /./,
  NPM_CONFIG_STRICT_SSL: /^false$/i,
  YARN_STRICT_SSL: /^false$/i,
  YARN_ENABLE_STRICT_SSL: /^(?:false|0)$/i,
  GOINSECURE: /./,
};

/** True for a variable and its value that switch off the check of certificates. */
export function isSwitchedOffBy(name: string, value: string | undefined): boolean {
  const upper = name.toUpperCase();
  return value !== undefined && Object.hasOwn(VARIABLES, upper) && VARIABLES[upper]?.test(value) === true;
}
