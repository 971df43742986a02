/**
 * What a failing command printed -> the cause. A table of the sentences that programs say, most of them measured.
 *
 * The last line that says something counts, because earlier ones are often warnings; two things come first: a full disk and
 * spent memory, because whatever follows them is their doing. A package that was not found while nothing could be reached is
 * a matter of the network.
 */
import type { BuildCause } from '../../schemas/report.ts';
import type { Explanation, FailureSeen } from './types.ts';
import { missingInImage, userAt } from './scene.ts';
import type { FailureScene } from './scene.ts';

/** Lines of the end that are read, and how much of each. */
const MOST_LINES = 80;
const MOST_OF_LINE = 1000;

/** Beyond every other line: they make other things fail. */
const DISK = /\bNo space left on device\b|\bENOSPC\b|Disk quota exceeded|You don't have enough free space/i;
const MEMORY =
  /JavaScript heap out of memory|^MemoryError\b|Cannot allocate memory|java\.lang\.OutOfMemoryError|std::bad_alloc|runtime: out of memory|virtual memory exhausted|memory exhausted|Killed signal terminated program|^(?:\/bin\/)?(?:ba|da)?sh:?.*\bKilled\b|^Killed$|signal SIGKILL|signal: 9, SIGKILL|ENOMEM/;

/** The ceiling of processes; what follows is its doing as well. */
const PROCESSES =
  /(?:can't|cannot) fork\b|\bfork: (?:retry: )?(?:Resource temporarily unavailable|Cannot allocate)|BlockingIOError: \[Errno 11\]|unable to create (?:new )?native thread|pthread_create failed|spawn \S+ EAGAIN|failed to create new OS thread/i;

/** A form of line, and what it means; the first group is the name that counts. */
interface Sign {
  readonly cause: BuildCause;
  readonly form: RegExp;
}

const NETWORK =
  /Could not resolve|Temporary failure (?:in name resolution|resolving)|\bbad address '|Name or service not known|unable to resolve host address|getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|\b(?:EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b|(?:Connection|connect(?:ion)?)(?: to \S+ \S+ \S+)?:? (?:refused|timed out|reset by peer)|Network is unreachable|no such host|i\/o timeout|Failed to establish a new connection|Failed to connect to|Unable to connect to|Could not connect to|Read timed out|TLS handshake timeout|SSL certificate problem|certificate verify failed|self[- ]signed certificate|unable to get local issuer certificate|Name does not resolve|dns error|error sending request for url/i;

const PACKAGE: readonly RegExp[] = [
  /^E: Unable to locate package (\S+)/,
  /^E: Package '?([^\s']+)'? has no installation candidate/,
  /^E: Version '.+' for '(.+)' was not found/,
  /^E: Couldn't find any package by (?:glob|regex) '(.+)'/,
  /^E: The repository '(.+?)' (?:does not have a Release file|no longer has a Release file)/,
  /^E: Failed to fetch (\S+)\s+404\b/,
  /^\s*(\S+) \(no such package\)/,
  /^\s*breaks: world\[(\S+?)\]/,
  /(?:^|\s)No package (\S+) available/,
  /^No match for argument: (\S+)/,
  /Unable to find a match: (.+)$/,
  /No matching distribution found for (\S+)/,
  /Because (\S+) was not found in the (?:package registry|provided package locations)/,
  /'(@?[\w./-]+@[^\s']+)' is not in (?:this|the npm) registry/,
  /(?:notarget|ETARGET) No matching version found for (\S+?)\.?$/,
  /ERR_PNPM_(?:FETCH_404|NO_MATCHING_VERSION)\s+(.{1,200})/,
  /Couldn't find (?:package|any versions for) "(.+?)"/,
  /Could not find a valid gem '(.+?)'/,
  /Could not find gem '(.+?)'/,
  /cannot find module providing package (\S+?):?$/,
  /no required module provides package (\S+?)(?:;|$)/,
  /no matching package named `(.+?)` found/,
  /Could not find (?:a matching version of )?package (\S+)/,
  /Could not find artifact (\S+)/,
  /NU1101: Unable to find package (\S+?)\.(?:\s|$)/,
  /PackagesNotFoundError|ResolvePackageNotFound/,
  /No package '(.+?)' found$/,
  /^Package '?(.+?)'?, required by '.+', not found/,
];

const FILE: readonly RegExp[] = [
  /fatal error: (\S+\.(?:h|hh|hpp)): No such file or directory/,
  /Could not open requirements file: .*'(.+)'$/,
  /can't open file '(.+?)'/,
  /No such file or directory: '(.+?)'/,
  /no such file or directory, \w+ '(.+?)'/,
  /can only install (?:packages )?(?:with|when) (?:an existing|your) (package-lock\.json)/,
  /Couldn't find a (package\.json) file/,
  /(go\.mod) file not found/,
  /could not find `(Cargo\.toml)`/,
  /could not find a (composer\.json) file/,
  /Could not locate (Gemfile)/,
  /No targets specified and no (makefile) found/,
  /Missing script: "?(.+?)"?$/,
  /MSBUILD : error (MSB1003|MSB1009)/,
  /there is no (POM) in this directory/,
  /Cannot find module '((?:\.{0,2}\/).+?)'/,
  /(?:^|[\s:])'?((?:\/|\.{1,2}\/)?[\w@+.-]+(?:\/[\w@+.-]+)*\/?)'?: No such file or directory/,
  /(?:can't|cannot) (?:open|access|stat) '?([^\s':]+)'?: No such file/,
  /can't cd to (\S+?)(?::|$)/,
  /: (\.{0,2}\/[\w./-]+): (?:command )?not found$/,
  /(?:curl: \(22\).*error: |ERROR |HTTP\/[\d.]+ |status(?: code)?:? )(404|410)\b/i,
];

const DENIED =
  /Permission denied|\bEACCES\b|\bEPERM\b|Operation not permitted|are you root\?|requires? (?:root|superuser)|must be run as root|You need to be root|Read-only file system/i;

const SIGNS: readonly Sign[] = [
  ...PACKAGE.map((form) => ({ cause: 'package-not-found' as const, form })),
  { cause: 'permission-denied', form: DENIED },
  { cause: 'network', form: NETWORK },
  ...FILE.map((form) => ({ cause: 'missing-file' as const, form })),
];

/** Why a program could not be started at all. */
const NO_PROGRAM = [
  /(?:^|: )(?:line )?\d+: ([\w+.-]+): (?:command )?not found$/,
  /^(?:\/\S+: )?([\w+.-]+): command not found$/,
  /exec: "([^"]+)": (?:executable file not found|stat \S+: no such file)/,
];

/** What the output explains; `undefined` when no line says anything that is known. */
export function ofOutput(seen: FailureSeen, scene: FailureScene): Explanation | undefined {
  const { exitCode, log, line } = seen;
  if (exitCode === null) return undefined;
  const lines = log
    // apt ends its progress without a line feed, and what it prints on stderr may come right behind it.
    .replaceAll(/\.\.\.(?=[EW]: )/g, '...\n')
    // Or the progress goes on between two pieces of a word on stderr.
    .replaceAll(/([EW])((?:\s*(?:Reading|Building) [a-z ]{1,40}\.\.\.)+)\s*: /g, '$2\n$1: ')
    .split('\n')
    .filter((one) => one.trim() !== '')
    .slice(-MOST_LINES)
    .map((one) => one.trimEnd().slice(0, MOST_OF_LINE));
  if (lines.some((one) => DISK.test(one))) {
    return {
      cause: 'no-space',
      advice:
        "The command found no space left. Remove images and build cache from the engine's disk (docker system prune), or write less.",
    };
  }
  if (lines.some((one) => PROCESSES.test(one))) {
    return {
      cause: 'command-failed',
      advice:
        'The command could start no more processes: it met the limit of the engine. Let it start fewer at a time (make -j2); a script that calls itself never ends.',
    };
  }
  if (exitCode === 137 || lines.some((one) => MEMORY.test(one))) {
    return {
      cause: 'out-of-memory',
      advice:
        exitCode === 137
          ? 'The command was killed (exit code 137), which is what the system does when memory runs out. Let it do less at a time, or give the engine more.'
          : 'The command ran out of memory. Let it do less at a time, raise the limit it was given, or give the engine more.',
    };
  }
  const found = lastSign(lines);
  if (found === undefined) return missingProgram(lines) ?? notRun(lines);
  if (found.cause === 'missing-file') return missingProgram(lines) ?? file(found, line, scene);
  if (found.cause === 'package-not-found' && !lines.some((one) => NETWORK.test(one))) return absent(found, lines);
  if (found.cause === 'permission-denied') return denied(found, seen, scene);
  return {
    cause: 'network',
    advice: `The command could not reach what it needs: ${quoted(lines.findLast((one) => NETWORK.test(one)) ?? '')}. Look at the address, and at what the network of the engine lets through.`,
  };
}

interface Found {
  readonly cause: BuildCause;
  readonly line: string;
  readonly name: string;
}

function lastSign(lines: readonly string[]): Found | undefined {
  for (const line of lines.toReversed()) {
    for (const { cause, form } of SIGNS) {
      const match = form.exec(line);
      if (match !== null) return { cause, line, name: (match[1] ?? '').slice(0, 200) };
    }
  }
  return undefined;
}

function absent({ name, line }: Found, lines: readonly string[]): Explanation {
  const cause = 'package-not-found';
  const which = name === '' ? 'A package' : `The package ${name}`;
  if (/Release file|404\b/.test(line) && line.startsWith('E: ')) {
    return {
      cause,
      advice: `${name} is no longer served. Take a base image whose release is still supported, and run apt-get update in the same RUN as the installation.`,
    };
  }
  if (line.startsWith('E: ')) {
    const isUpdated = lines.some((one) => /^(?:Hit|Get|Fetched)[: ]/.test(one));
    return {
      cause,
      advice: isUpdated
        ? `${which} does not exist in the release of the base image. Look at its name: it may be called otherwise there.`
        : `apt does not know ${name}, and no package lists were fetched in this step. Run apt-get update && apt-get install in one RUN; if they were, the name is wrong.`,
    };
  }
  if (line.includes('No matching distribution')) {
    return {
      cause,
      advice: `${which} was not found: its name is wrong, that version does not exist, or there is none for this Python and platform${lines.some((one) => one.includes('from versions: none')) ? ', or the index could not be asked' : ''}.`,
    };
  }
  if (/required by|^No package '/.test(line) || line.includes('pkg-config')) {
    return { cause, advice: `The library ${name} is not installed. Install its development package before this step.` };
  }
  return { cause, advice: `${which} was not found where packages come from. Look at its name and its version.` };
}

function denied({ line: said }: Found, { exitCode, line }: FailureSeen, scene: FailureScene): Explanation {
  const user = userAt(scene, line);
  const [, script] = exitCode === 126 ? (/: (\S+): Permission denied/.exec(said) ?? []) : [];
  if (script !== undefined) {
    return {
      cause: 'permission-denied',
      advice: `${script.slice(0, 200)} may not be executed. Make it executable: git update-index --chmod=+x, COPY --chmod=755, or RUN chmod +x before this step.`,
    };
  }
  return {
    cause: 'permission-denied',
    advice:
      user === undefined
        ? `The command may not do that: ${quoted(said)}. Look at who owns the file and at its mode.`
        : `The command runs as ${user}, who may not do that: ${quoted(said)}. Do it before USER, or give that user the folder with COPY --chown or RUN chown.`,
  };
}

function file({ name, line: said }: Found, line: number | null, scene: FailureScene): Explanation {
  if (/\.(?:h|hh|hpp)$/.test(name)) {
    return {
      cause: 'missing-file',
      advice: `The header ${name} is not installed. Install the development package that brings it before this step.`,
    };
  }
  if (/^(?:404|410)$/.test(name)) {
    return {
      cause: 'missing-file',
      advice: `What the command downloads is not there (HTTP ${name}): ${quoted(said)}. Mend the address.`,
    };
  }
  if (/^Missing script|npm error Missing script/.test(said)) {
    return { cause: 'missing-file', advice: `package.json has no script ${name}. Add it, or mend the name in RUN.` };
  }
  const path = name === 'POM' ? 'pom.xml' : name.startsWith('MSB') ? 'The project file' : name;
  const explained = missingInImage(path === 'makefile' ? 'Makefile' : path, line, scene);
  if (!said.endsWith('not found') || explained.cause === 'ignored-file') return explained;
  return {
    cause: 'missing-file',
    advice: `${explained.advice} If it is there, its first line names a program that is not, or ends with a carriage return (Windows line ends).`,
  };
}

function missingProgram(lines: readonly string[]): Explanation | undefined {
  const name = lines.flatMap((one) => NO_PROGRAM.flatMap((form) => form.exec(one)?.[1] ?? [])).at(-1);
  return name === undefined ? undefined : noProgram(name);
}

/** The explanation where an image has no such program. */
export function noProgram(name: string): Explanation {
  return {
    cause: 'command-failed',
    advice: /^\/bin\/(?:ba|da)?sh$/.test(name)
      ? `The image has no shell ${name}, so RUN in shell form cannot work there. Do it in an earlier stage, and COPY what comes of it.`
      : `The program ${name.slice(0, 200)} is not in the image at this step. Install it in an earlier step, or take a base image that has it.`,
  };
}

/** The command itself could not run. */
function notRun(lines: readonly string[]): Explanation | undefined {
  const last = lines.at(-1) ?? '';
  if (/exec format error/i.test(last)) {
    return {
      cause: 'command-failed',
      advice:
        'The program was made for another platform, or is a script without a first line such as #!/bin/sh. Build for the platform of the engine, or add that line.',
    };
  }
  const [, module] = /No module named '?([\w.]+)'?|Cannot find module '([^./'][^']*)'/.exec(last) ?? [];
  if (module === undefined) return undefined;
  return {
    cause: 'command-failed',
    advice: `The module ${module.slice(0, 200)} is not installed at this step. Install the dependencies before, into the same place.`,
  };
}

function quoted(line: string): string {
  const text = line.replaceAll(/\s+/g, ' ').trim();
  return `"${text.length > 160 ? `${text.slice(0, 159)}…` : text}"`;
}
