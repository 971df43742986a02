/**
 * Until when releases get fixes: one table, a row per release with the last day of support, as the projects publish it.
 * Rules hold these days against the day of the analysis, which is a fact handed in; nothing here reads a clock.
 *
 * The day is the last one on which the public gets security fixes for free: Debian with its LTS, Ubuntu without paid ESM. Where
 * a project only names the month, it is the month's last day; where a release ends with its successor's successor (Go, nginx),
 * it is the day that one came out. `-` stands for a release that is still supported, or whose end nobody has fixed.
 * Source: the projects' own release pages, as collected by endoflife.date.
 */
import type { ImageReference } from '../../dockerfile/types.ts';
import { officialName } from './base-images.ts';

/** The day up to which this table was checked: what ended before has ended on every day on which this code can run. */
export const RELEASES_CHECKED = '2026-04-30';

/** The end of one release. */
export interface ReleaseEnd {
  /** `Python 3.6`, `Debian 9 (stretch)`. */
  readonly release: string;
  /** Last day of support. */
  readonly lastDay: string;
}

interface Row {
  readonly version: readonly number[];
  readonly names: readonly string[];
  readonly lastDay: string | undefined;
}

interface Product {
  readonly title: string;
  /** From the oldest. Older ones than the first have ended as well; newer ones than the last are not known. */
  readonly rows: readonly Row[];
}

/** `3.6 2021-12-23`, with names between: `9 stretch 2022-07-01`. */
function product(title: string, table: string): Product {
  const rows = table.split(',').map((text): Row => {
    const [version = '', ...more] = text.trim().split(/\s+/);
    const lastDay = more.at(-1);
    return {
      version: version.split('.').map(Number),
      names: more.slice(0, -1),
      lastDay: lastDay === '-' ? undefined : lastDay,
    };
  });
  return { title, rows };
}

const debian = product(
  'Debian',
  `6 squeeze 2016-02-29, 7 wheezy 2018-05-31, 8 jessie 2020-06-30, 9 stretch 2022-06-30, 10 buster 2024-06-30,
   11 bullseye 2026-08-31, 12 bookworm 2028-06-30, 13 trixie 2030-06-30`,
);
const ubuntu = product(
  'Ubuntu',
  `10.04 lucid 2015-04-30, 12.04 precise 2017-04-28, 12.10 quantal 2014-05-16, 13.04 raring 2014-01-27,
   13.10 saucy 2014-07-17, 14.04 trusty 2019-04-25, 14.10 utopic 2015-07-23, 15.04 vivid 2016-02-04,
   15.10 wily 2016-07-28, 16.04 xenial 2021-04-30, 16.10 yakkety 2017-07-20, 17.04 zesty 2018-01-13,
   17.10 artful 2018-07-19, 18.04 bionic 2023-05-31, 18.10 cosmic 2019-07-18, 19.04 disco 2020-01-23,
   19.10 eoan 2020-07-17, 20.04 focal 2025-05-31, 20.10 groovy 2021-07-22, 21.04 hirsute 2022-01-20,
   21.10 impish 2022-07-14, 22.04 jammy 2027-05-31, 22.10 kinetic 2023-07-20, 23.04 lunar 2024-01-25,
   23.10 mantic 2024-07-12, 24.04 noble 2029-05-31, 24.10 oracular 2025-07-10, 25.04 plucky 2026-01-17,
   25.10 questing 2026-07-31, 26.04 resolute 2031-04-30`,
);
const alpine = product(
  'Alpine',
  `3.1 2016-11-01, 3.2 2017-05-01, 3.3 2017-11-01, 3.4 2018-05-01, 3.5 2018-11-01, 3.6 2019-05-01, 3.7 2019-11-01,
   3.8 2020-05-01, 3.9 2020-11-01, 3.10 2021-05-01, 3.11 2021-11-01, 3.12 2022-05-01, 3.13 2022-11-01, 3.14 2023-05-01,
   3.15 2023-11-01, 3.16 2024-05-23, 3.17 2024-11-22, 3.18 2025-05-09, 3.19 2025-11-01, 3.20 2026-04-01, 3.21 2026-11-01,
   3.22 2027-05-01, 3.23 2027-11-01`,
);
const centos = product('CentOS', '5 2017-03-31, 6 2020-11-30, 7 2024-06-30, 8 2021-12-31');

/** Systems that a tag names beside the version of what it carries: `3.6-slim-stretch`, `1.13-alpine3.10`. */
const SYSTEMS: Readonly<Record<string, Product>> = { debian, ubuntu, alpine, centos };

const PRODUCTS: Readonly<Record<string, Product>> = {
  ...SYSTEMS,
  fedora: product(
    'Fedora',
    `20 2015-06-23, 21 2015-12-01, 22 2016-07-19, 23 2016-12-20, 24 2017-08-08, 25 2017-12-12, 26 2018-05-29, 27 2018-11-30,
     28 2019-05-28, 29 2019-11-26, 30 2020-05-26, 31 2020-11-24, 32 2021-05-25, 33 2021-11-30, 34 2022-06-07, 35 2022-12-13,
     36 2023-05-16, 37 2023-12-05, 38 2024-05-21, 39 2024-11-26, 40 2025-05-13, 41 2025-12-15, 42 2026-05-13`,
  ),
  amazonlinux: product('Amazon Linux', '1 2023-12-31, 2 2026-06-30, 2018.03 2023-12-31, 2023 2029-06-30'),
  python: product(
    'Python',
    `2.6 2013-10-29, 2.7 2020-01-01, 3.0 2009-06-27, 3.1 2012-04-09, 3.2 2016-02-20, 3.3 2017-09-29, 3.4 2019-03-18,
     3.5 2020-09-30, 3.6 2021-12-23, 3.7 2023-06-27, 3.8 2024-10-07, 3.9 2025-10-31, 3.10 2026-10-31, 3.11 2027-10-31,
     3.12 2028-10-31, 3.13 2029-10-31, 3.14 2030-10-31`,
  ),
  node: product(
    'Node.js',
    `4 argon 2018-04-30, 5 2016-06-30, 6 boron 2019-04-30, 7 2017-06-30, 8 carbon 2019-12-31, 9 2018-06-30,
     10 dubnium 2021-04-30, 11 2019-06-30, 12 erbium 2022-04-30, 13 2020-06-01, 14 fermium 2023-04-30, 15 2021-06-01,
     16 gallium 2023-09-11, 17 2022-06-01, 18 hydrogen 2025-04-30, 19 2023-06-01, 20 iron 2026-04-30, 21 2024-06-01,
     22 jod 2027-04-30, 23 2025-06-01, 24 krypton 2028-04-30, 25 2026-06-01, 26 2029-04-30`,
  ),
  golang: product(
    'Go',
    `1.2 2014-12-11, 1.3 2015-08-19, 1.4 2016-02-17, 1.5 2016-08-15, 1.6 2017-02-16, 1.7 2017-08-24, 1.8 2018-02-16,
     1.9 2018-08-24, 1.10 2019-02-25, 1.11 2019-09-03, 1.12 2020-02-25, 1.13 2020-08-11, 1.14 2021-02-16, 1.15 2021-08-16,
     1.16 2022-03-15, 1.17 2022-08-02, 1.18 2023-02-01, 1.19 2023-08-08, 1.20 2024-02-06, 1.21 2024-08-13, 1.22 2025-02-11,
     1.23 2025-08-12, 1.24 2026-02-28`,
  ),
  ruby: product(
    'Ruby',
    `1.9 2015-02-23, 2.0 2016-02-24, 2.1 2017-03-31, 2.2 2018-03-31, 2.3 2019-03-31, 2.4 2020-03-31, 2.5 2021-03-31,
     2.6 2022-04-12, 2.7 2023-03-31, 3.0 2024-04-23, 3.1 2025-03-31, 3.2 2026-03-31, 3.3 2027-03-31, 3.4 2028-03-31, 4.0 2029-03-31`,
  ),
  php: product(
    'PHP',
    `5.3 2014-08-14, 5.4 2015-09-14, 5.5 2016-07-21, 5.6 2018-12-31, 7.0 2019-01-10, 7.1 2019-12-01, 7.2 2020-11-30,
     7.3 2021-12-06, 7.4 2022-11-28, 8.0 2023-11-26, 8.1 2025-12-31, 8.2 2026-12-31, 8.3 2027-12-31, 8.4 2028-12-31,
     8.5 2029-12-31`,
  ),
  dotnet: product(
    '.NET',
    `1.0 2019-06-27, 1.1 2019-06-27, 2.0 2018-10-01, 2.1 2021-08-21, 2.2 2019-12-23, 3.0 2020-03-03, 3.1 2022-12-13,
     5 2022-05-10, 6 2024-11-12, 7 2024-05-14, 8 2026-11-10, 9 2026-11-10, 10 2028-11-14`,
  ),
  elixir: product(
    'Elixir',
    `1.4 2019-06-24, 1.5 2020-01-27, 1.6 2020-10-06, 1.7 2021-05-19, 1.8 2021-12-03, 1.9 2022-09-01, 1.10 2023-06-19,
     1.11 2023-12-22, 1.12 2024-06-12, 1.13 2024-12-19, 1.14 2025-10-16`,
  ),
  'eclipse-temurin': product(
    'Java',
    `8 -, 11 -, 16 2021-10-31, 17 -, 18 2022-09-30, 19 2023-03-31, 20 2023-09-30, 21 -, 22 2024-09-30, 23 2025-03-31,
     24 2025-09-30, 25 -`,
  ),
  postgres: product(
    'PostgreSQL',
    `9.0 2015-10-08, 9.1 2016-10-27, 9.2 2017-11-09, 9.3 2018-11-08, 9.4 2020-02-13, 9.5 2021-02-11, 9.6 2021-11-11,
     10 2022-11-10, 11 2023-11-09, 12 2024-11-21, 13 2025-11-13, 14 2026-11-12, 15 2027-11-11, 16 2028-11-09, 17 2029-11-08,
     18 2030-11-14`,
  ),
  mysql: product(
    'MySQL',
    `5.5 2018-12-31, 5.6 2021-02-28, 5.7 2023-10-31, 8.0 2026-04-30, 8.1 2023-10-25, 8.2 2024-01-16, 8.3 2024-04-30,
     8.4 2032-04-30, 9.0 2024-10-15, 9.1 2025-01-21, 9.2 2025-04-15, 9.3 2025-07-22, 9.4 2025-10-21, 9.5 2026-01-20, 9.6 -, 9.7 -`,
  ),
  mariadb: product(
    'MariaDB',
    `5.5 2020-04-11, 10.0 2019-03-31, 10.1 2020-10-17, 10.2 2022-05-23, 10.3 2023-05-25, 10.4 2024-06-18, 10.5 2025-06-24,
     10.6 2026-07-06, 10.7 2023-02-14, 10.8 2023-05-20, 10.9 2023-08-22, 10.10 2023-11-17, 10.11 2028-02-16, 11.0 2024-06-06,
     11.1 2024-08-21, 11.2 2024-11-21, 11.4 -`,
  ),
  mongo: product(
    'MongoDB',
    `2.6 2016-10-31, 3.0 2018-02-28, 3.2 2018-09-30, 3.4 2020-01-31, 3.6 2021-04-30, 4.0 2022-04-30, 4.2 2023-04-30,
     4.4 2024-02-29, 5.0 2024-10-31, 6.0 2025-07-31, 7.0 2027-08-31, 8.0 2029-10-31`,
  ),
  redis: product('Redis', '4.0 2020-04-30, 5.0 2022-04-27, 6.0 2022-05-31, 6.2 -, 7.0 2024-07-29, 7.2 -, 7.4 -, 8.0 -'),
  nginx: product(
    'nginx',
    `1.8 2016-04-26, 1.9 2016-05-24, 1.10 2017-04-12, 1.11 2017-04-25, 1.12 2018-04-17, 1.13 2018-06-05, 1.14 2019-04-23,
     1.15 2019-05-21, 1.16 2020-04-21, 1.17 2020-05-26, 1.18 2021-04-20, 1.19 2021-05-25, 1.20 2022-05-24, 1.21 2022-06-21,
     1.22 2023-04-11, 1.23 2023-05-23, 1.24 2024-04-23, 1.25 2024-05-29, 1.26 2025-04-23, 1.27 2025-06-24`,
  ),
};

/** Names of Debian and Ubuntu releases that other images put into their tags; words with a meaning of their own left out. */
const NAMES_ELSEWHERE: ReadonlySet<string> = new Set([
  ...debian.rows.flatMap((row) => row.names),
  ...['trusty', 'xenial', 'bionic', 'focal', 'jammy', 'noble'],
]);

/** The names that the releases of an image go by: `stretch`, `carbon`. */
export function releaseNames(image: string): ReadonlySet<string> {
  return namesOf.get(image) ?? none;
}

const none: ReadonlySet<string> = new Set();
const namesOf: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(PRODUCTS).map(([image, { rows }]) => [image, new Set(rows.flatMap((row) => row.names))]),
);

/** The releases that an image name says it carries, language and system, with the last day of each; without those that have no end yet. */
export function releaseEnds(reference: ImageReference): readonly ReleaseEnd[] {
  const parts = (reference.tag ?? '').split(/[-_]/);
  const own = productOf(reference, parts);
  const ends = own === undefined ? [] : [endOf(own.product, own.word)];
  const distroless = /^distroless\/.+-debian(\d+)$/.exec(reference.repository)?.[1];
  if (reference.registry === 'gcr.io' && distroless !== undefined) ends.push(endOf(debian, distroless));
  parts.forEach((part, index) => {
    const named = NAMES_ELSEWHERE.has(part) ? part : undefined;
    const [, system = '', version = ''] = /^(debian|ubuntu|alpine|centos)(\d[\d.]*)?$/.exec(part) ?? [];
    if (named !== undefined) ends.push(endOf(debian, named), endOf(ubuntu, named));
    else if (Object.hasOwn(SYSTEMS, system)) ends.push(endOf(SYSTEMS[system], version || parts[index + 1]));
  });
  const known = ends.filter((one) => one !== undefined);
  return known.filter((one, index) => known.findIndex((other) => other.release === one.release) === index);
}

/** The product of an image, and the word of its tag that names the release. */
function productOf(
  { registry, repository, ...rest }: ImageReference,
  parts: readonly string[],
): { readonly product: Product | undefined; readonly word: string | undefined } | undefined {
  const [first] = parts;
  if (registry === 'mcr.microsoft.com' && /^dotnet\/(?:nightly\/)?(?:sdk|aspnet|runtime(?:-deps)?)$/.test(repository))
    return { product: PRODUCTS['dotnet'], word: first };
  if (registry === 'ghcr.io' && repository === 'astral-sh/uv')
    return { product: PRODUCTS['python'], word: parts.find((part) => /^python\d/.test(part))?.slice('python'.length) };
  const name = officialName({ registry, repository, ...rest });
  if (name === undefined || !Object.hasOwn(PRODUCTS, name)) return undefined;
  return { product: PRODUCTS[name], word: first?.startsWith(name) === true ? first.slice(name.length) : first };
}

/** The end of the release that a word of a tag names; `undefined`: no release, an unknown one, or one without an end. */
function endOf(of: Product | undefined, word: string | undefined): ReleaseEnd | undefined {
  if (of === undefined || word === undefined) return undefined;
  const byName = of.rows.find((row) => row.names.includes(word));
  const version = /^\d+(?:\.\d+)*$/.test(word) ? word.split('.').map(Number) : undefined;
  const row = byName ?? (version === undefined ? undefined : rowOf(of, version));
  if (row?.lastDay === undefined) return undefined;
  const [oldest] = of.rows;
  const isOlder = version !== undefined && row === oldest && isBefore(version, row.version);
  const release = isOlder
    ? word
    : row.version.map((part, at) => (of === ubuntu && at > 0 ? pad(part) : part)).join('.');
  const named = row.names.length === 0 || isOlder ? '' : ` (${row.names.join(', ')})`;
  return { release: `${of.title} ${release}${named}`, lastDay: row.lastDay };
}

function pad(part: number): string {
  return String(part).padStart(2, '0');
}

function rowOf({ rows }: Product, version: readonly number[]): Row | undefined {
  const exact = rows.find((row) => row.version.every((part, at) => part === version[at]));
  if (exact !== undefined) return exact;
  const [oldest] = rows;
  // `python:2` is the last of its line, once there is a next line; `python:3` goes on to whatever comes.
  const line = rows.findLast((row) => version.every((part, at) => part === row.version[at]));
  if (line !== undefined) {
    return rows.some((row) => (row.version[0] ?? 0) > (version[0] ?? 0)) ? line : undefined;
  }
  return oldest !== undefined && isBefore(version, oldest.version) ? oldest : undefined;
}

function isBefore(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((part, index) => part !== right[index]);
  return at !== -1 && (left[at] ?? 0) < (right[at] ?? 0);
}
