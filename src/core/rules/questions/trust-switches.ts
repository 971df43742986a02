/**
 * Switches that turn off the check of who is at the other end (`tls`), or of who signed a package (`signature`).
 * One table; a new switch is one more row. Source: the manuals of the programs.
 */
import type { Instruction, ShellCommand, Span } from '../../dockerfile/types.ts';
import { commandsOf } from './ask.ts';
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
  // Its own certificate, or none to check. An installer that is told to trust a host does so without one, too.
  const isHarmless = /^(?:curl|wget|aria2c|git)$/.test(program)
    ? /^http:|^https:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/]/
    : /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/]/;
  if (trust === 'tls' && urls.length > 0 && urls.every((url) => isHarmless.test(`${url}/`))) return undefined;
  for (const [index, word] of rest.entries()) {
    const before = rest[index - 1] ?? '';
    const row =
      word === undefined
        ? undefined
        : rows.find((one) => one.word.test(word) && (one.behind === undefined || one.behind.test(before)));
    if (row !== undefined) return row.behind === undefined ? word : `${before} ${word}`;
  }
  return undefined;
}

/** What a file of settings says that switches a check off. */
interface Setting {
  readonly trust: Trust;
  readonly form: RegExp;
  readonly unless?: RegExp;
}

const SETTINGS: readonly Setting[] = [
  // What comes out of the image itself was put there by this build.
  { trust: 'signature', form: /^[ \t]*deb(?:-src)?\s+\[[^\]\n]*\b(trusted=yes)\b[^\]\n]*\]\s+(?!file:|copy:)\S/m },
  {
    trust: 'signature',
    form: /^[ \t]*(gpgcheck[ \t]*=[ \t]*(?:0|no|false))[ \t]*$/im,
    unless: /^[ \t]*baseurl[ \t]*=[ \t]*file:/m,
  },
  { trust: 'signature', form: /(APT::Get::AllowUnauthenticated\s+"?(?:true|1|yes))\b/i },
  { trust: 'tls', form: /(Acquire::https::(?:\S+::)?Verify-(?:Peer|Host)\s+"?(?:false|0|no))\b/i },
  { trust: 'tls', form: /^[ \t]*(sslverify[ \t]*=[ \t]*(?:0|no|false))[ \t]*$/im },
  { trust: 'tls', form: /^[ \t]*(strict-ssl[ \t]*=[ \t]*false)[ \t]*$/m },
  { trust: 'tls', form: /^[ \t]*(trusted-host[ \t]*=[ \t]*\S+)/m },
];

/** Texts that are longer are no file of settings. */
const LONGEST = 20_000;

/** What a step writes into a file of settings that switches a check off, in order. */
export function* settingsOff(one: Instruction, trust: Trust): Generator<{ readonly at: Span; readonly says: string }> {
  for (const { at, text } of writtenTexts(one)) {
    if (text.length > LONGEST) continue;
    for (const { trust: own, form, unless } of SETTINGS) {
      const says = own === trust ? form.exec(text)?.[1] : undefined;
      if (says !== undefined && unless?.test(text) !== true) yield { at, says: says.replaceAll('"', '') };
    }
  }
}

function* writtenTexts(one: Instruction): Generator<{ readonly at: Span; readonly text: string }> {
  if (one.keyword !== 'RUN' && one.keyword !== 'COPY' && one.keyword !== 'ADD') return;
  const commands = one.keyword === 'RUN' ? commandsOf(one) : [];
  for (const command of commands) {
    const text = writtenText(command);
    if (text !== undefined) yield { at: command.span, text };
  }
  for (const { span, content } of one.heredocs) {
    // A here-document that is the script has its commands in it.
    const isScript = commands.some(
      ({ span: { start } }) => start.offset >= span.start.offset && start.offset < span.end.offset,
    );
    if (!isScript) yield { at: one.span, text: content };
  }
}

/** What a command puts into a file, as far as its words say: `echo …`, `printf …`, the new half of `sed s/…/…/`. */
function writtenText({ name, args }: ShellCommand): string | undefined {
  if (name !== 'echo' && name !== 'printf' && name !== 'sed') return undefined;
  const words = args.map(({ value, raw }) => value ?? raw.replaceAll(/^["']|["']$/g, ''));
  if (name !== 'sed')
    return words
      .join(' ')
      .replaceAll(String.raw`\n`, '\n')
      .replace(/^(?:-[neE]+ )+/, '');
  return words.map((word) => /^s([/|#,@])(?:(?!\1).)*\1((?:(?!\1).)*)\1/.exec(word)?.[2] ?? '').join('\n');
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
