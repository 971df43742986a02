/**
 * Questions about accounts: who creates which, which ones an image brings, and who has a home. What is not known is said so,
 * and rules are then silent.
 */
import type { ImageReference, ShellCommand, Stage } from '../../dockerfile/types.ts';
import { chainOf, commandsOf, runsOf } from './ask.ts';
import { knownImage, officialName, systemShell } from '../tables/base-images.ts';
import { effectiveWords } from './installs.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';
import { absolute } from './users.ts';

/** A call of `useradd` or `adduser`. */
export interface Account {
  readonly tool: 'useradd' | 'adduser';
  /** Every word that may be the name, values of options among them. */
  readonly words: readonly string[];
  readonly uid: string | undefined;
  /** What the call says of the home; `unsaid`: the tool's own default. */
  readonly home: 'made' | 'not made' | 'elsewhere' | 'unsaid';
  /** Some word of it cannot be known. */
  readonly isPartlyUnknown: boolean;
}

const accountsOf = question(
  (subject): ReadonlyMap<Stage, readonly Account[]> =>
    new Map(
      subject.dockerfile.stages.map((stage) => [
        stage,
        runsOf([stage])
          .flatMap(commandsOf)
          .flatMap((command) => {
            const account = readAccount(command);
            return account === undefined ? [] : [account];
          }),
      ]),
    ),
);

/** The accounts that a stage and those below it create. */
export function accountsIn(subject: Subject, stage: Stage): readonly Account[] {
  return chainOf(stage).flatMap((one) => accountsOf(subject).get(one) ?? []);
}

function readAccount(command: ShellCommand): Account | undefined {
  const [tool, ...rest] = effectiveWords(command);
  if (tool !== 'useradd' && tool !== 'adduser') return undefined;
  const words = rest.flatMap((word) => (word === undefined ? [] : word.split('=', 2)));
  const has = (...flags: readonly string[]): boolean =>
    words.some(
      (word) =>
        flags.includes(word) ||
        (/^-[a-zA-Z]{2,}$/.test(word) && flags.some((one) => one.length === 2 && word.includes(one.charAt(1)))),
    );
  const noHome = tool === 'useradd' ? has('-M', '--no-create-home') : has('-H', '--no-create-home');
  const elsewhere = tool === 'useradd' ? has('-d', '--home-dir', '--home') : has('-h', '--home');
  const uidAt = words.findIndex((word) => /^(?:-[a-zA-Z]*u|--uid)$/.test(word));
  return {
    tool,
    words,
    uid: uidAt === -1 ? undefined : words[uidAt + 1],
    home: elsewhere ? 'elsewhere' : noHome ? 'not made' : has('-m', '--create-home') ? 'made' : 'unsaid',
    isPartlyUnknown: rest.includes(undefined),
  };
}

const words = (text: string): readonly string[] => text.split(' ');

/** Accounts of the distributions. Source: /etc/passwd of their images. */
const FAMILIES = {
  dash: words(
    'root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats _apt nobody ubuntu libuuid syslog',
  ),
  ash: words(
    'root bin daemon adm lp sync shutdown halt mail news uucp operator man postmaster cron ftp sshd at squid xfs games ' +
      'cyrus vpopmail ntp smmsp guest nobody toor',
  ),
  bash: words(
    'root bin daemon adm lp sync shutdown halt mail operator games ftp nobody dbus systemd-network systemd-bus-proxy ' +
      'systemd-coredump systemd-resolve systemd-oom tss polkitd http uuidd alpm git avahi',
  ),
} as const;
const BUSYBOX = words('root daemon bin sys sync mail www-data operator nobody');

/** Accounts that official images add to those of their distribution. Source: their Dockerfiles. */
const ADDED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    adminer: ['adminer'],
    cassandra: ['cassandra'],
    couchdb: ['couchdb'],
    docker: ['dockremap'],
    drupal: ['www-data'],
    elasticsearch: ['elasticsearch'],
    ghost: ['node'],
    gradle: ['gradle'],
    groovy: ['groovy'],
    httpd: ['www-data'],
    hylang: [],
    joomla: ['www-data'],
    kibana: ['kibana'],
    logstash: ['logstash'],
    mariadb: ['mysql'],
    memcached: ['memcache'],
    mongo: ['mongodb'],
    mysql: ['mysql'],
    nextcloud: ['www-data'],
    nginx: ['nginx'],
    node: ['node'],
    php: ['www-data'],
    postgres: ['postgres'],
    'r-base': ['docker'],
    rabbitmq: ['rabbitmq'],
    redis: ['redis'],
    solr: ['solr'],
    sonarqube: ['sonarqube'],
    valkey: ['valkey'],
    varnish: ['varnish', 'vcache', 'varnishlog'],
    wordpress: ['www-data'],
    zookeeper: ['zookeeper'],
  }),
);

/** The accounts that an image brings, or `undefined` when they are not known. */
export function usersOf(reference: ImageReference): readonly string[] | undefined {
  const { registry, repository, tag = '' } = reference;
  if (registry === 'gcr.io' && repository.startsWith('distroless/')) return ['root', 'nobody', 'nonroot'];
  const name = officialName(reference);
  // Images that leave instructions behind may create accounts with them.
  if (name === undefined || knownImage(reference) === undefined || tag.includes('onbuild')) return undefined;
  if (name === 'busybox') return BUSYBOX;
  const shell = systemShell(reference);
  if (shell === undefined || shell === 'windows') return undefined;
  return [...FAMILIES[shell], ...(ADDED.get(name) ?? [])];
}

/** Questions about homes that are answered per file; a file that asks more was made to. */
const MOST_HOMES = 20;
const homes = question((): Map<string, 'no' | 'unknown'> => new Map());

/**
 * Whether a user has a home to write to: `no` only when nothing ever makes the folder. A number without an account has `/`.
 * Measured on Debian: `useradd` without `-m` makes none, and a user cannot make one below /home.
 */
export function hasHome(subject: Subject, stage: Stage, user: string): 'no' | 'unknown' {
  const known = homes(subject);
  const key = `${stage.index} ${user}`;
  const answer = known.get(key) ?? (known.size < MOST_HOMES ? lookForHome(subject, stage, user) : 'unknown');
  if (known.size < MOST_HOMES) known.set(key, answer);
  return answer;
}

function lookForHome(subject: Subject, stage: Stage, user: string): 'no' | 'unknown' {
  const chain = chainOf(stage);
  const base = chain[0]?.base;
  if (base?.kind !== 'image' || usersOf(base.reference)?.includes(user) !== false) return 'unknown';
  const accounts = accountsIn(subject, stage);
  if (accounts.some((one) => one.isPartlyUnknown) || createsAccountsSomehow(chain)) return 'unknown';
  const isNumber = /^\d+$/.test(user);
  const account = accounts.findLast((one) => (isNumber ? one.uid === user : one.words.includes(user)));
  if (account === undefined) {
    const isNobodys = isNumber && accounts.length === 0 && !ADDED.has(officialName(base.reference) ?? '');
    return isNobodys && Number(user) > 1000 ? 'no' : 'unknown';
  }
  const isDebian = systemShell(base.reference) === 'dash';
  const makesNone =
    account.home === 'not made' || (account.home === 'unsaid' && account.tool === 'useradd' && isDebian);
  const comesLater = account.words.some((name) => /^[a-z_][\w-]*$/.test(name) && isMentioned(chain, `/home/${name}`));
  return makesNone && !comesLater ? 'no' : 'unknown';
}

/** True when an account may come from elsewhere than useradd and adduser: /etc/passwd written or copied, a script. */
export function createsAccountsSomehow(chain: readonly Stage[]): boolean {
  return chain.some((stage) =>
    stage.instructions.some((one) => {
      if (one.keyword === 'COPY' || one.keyword === 'ADD') {
        const destination = absolute(one.destination?.value, '/?');
        return destination === undefined || /^\/(?:etc(?:\/(?:passwd|group).*)?)?$/.test(destination);
      }
      if (one.keyword === 'RUN') {
        const commands = commandsOf(one);
        return commands.length === 0 || commands.some(isScript) || /\/etc\/passwd|newusers/.test(one.command.text);
      }
      return one.keyword === 'ONBUILD' ? false : one.keyword === '?';
    }),
  );
}

/** Commands that do what their own file says: nothing is known of it here. */
function isScript(command: ShellCommand): boolean {
  const [program, ...rest] = effectiveWords(command);
  if (program === undefined) return true;
  if (/^(?:make|ansible.*|puppet|chef.*|salt-call|homectl|vipw|usermod|eval|source|\.)$/.test(program)) return true;
  if (/^(?:sh|bash|dash|ash|zsh)$/.test(program))
    return rest.length === 0 || rest.some((word) => word === undefined || !word.startsWith('-'));
  const path = command.name ?? '';
  return /\.(?:sh|bash|py|pl)$/.test(program) || (path.includes('/') && !/^\/(?:usr\/)?(?:local\/)?s?bin\//.test(path));
}

function isMentioned(chain: readonly Stage[], path: string): boolean {
  const form = new RegExp(`${path.replace(/[^\w/-]/g, String.raw`\$&`)}(?![\\w-])`);
  return chain.some((stage) =>
    stage.instructions.some((one) => {
      if (one.keyword === 'RUN') return form.test(one.command.text);
      if (one.keyword === 'COPY' || one.keyword === 'ADD') return form.test(one.destination?.value ?? path);
      return one.keyword === 'VOLUME' && one.words.some((word) => form.test(word.value ?? path));
    }),
  );
}
