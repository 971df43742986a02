/** Builds that cannot succeed for every other reason, and near neighbours that only sound like one: Dockerfiles with their cause. */
import { randomUUID } from 'node:crypto';
import type { Broken } from './broken-builds.ts';

const node = 'FROM node:24-bookworm-slim\nWORKDIR /app\n';
const python = 'FROM python:3.12-slim\nWORKDIR /app\n';
const debian = 'FROM debian:bookworm-slim\n';
const busybox = 'FROM busybox\n';

/** Those builds. */
export const failing: readonly Broken[] = [
  // network
  {
    title: 'a name that nobody knows',
    dockerfile: `${busybox}RUN wget http://nohost.invalid/x\n`,
    cause: 'network',
    names: /nohost\.invalid/,
  },
  {
    title: 'pip that reaches no index says that there is no such package',
    dockerfile: `${python}RUN pip install --retries 1 --timeout 1 -i http://127.0.0.1:9/simple flask\n`,
    cause: 'network',
    names: /127\.0\.0\.1|Connection refused|NewConnection/,
  },
  {
    title: 'apt that reaches no mirror says so as well',
    dockerfile: `${debian}RUN rm -rf /etc/apt/sources.list*; echo 'deb http://nohost.invalid/d x main' > /etc/apt/sources.list; apt-get -o Acquire::Retries=0 update && apt-get install -y zz\n`,
    cause: 'network',
    names: /nohost\.invalid/,
  },
  {
    title: 'a build without network',
    dockerfile: `${python}RUN python -c "import urllib.request as u; u.urlopen('http://192.0.2.1')" # ${randomUUID()}\n`,
    more: { network: 'none' },
    cause: 'network',
    names: /Network is unreachable/,
  },
  {
    title: 'ADD of an address that nobody answers',
    dockerfile: `${busybox}ADD http://localhost:1/x /x\n`,
    cause: 'network',
    names: /localhost:1/,
  },
  {
    title: 'a command that speaks like a registry',
    dockerfile: `${busybox}RUN echo 'failed to resolve source metadata for a/b:1: dial tcp: lookup nohost.invalid: no such host'; exit 1\n`,
    cause: 'network',
    names: /nohost\.invalid/,
  },
  // out-of-memory
  {
    title: 'Node over its heap',
    dockerfile: `${node}RUN node --max-old-space-size=20 -e "const a=[];for(;;)a.push(Array(1000).fill(0).map(()=>({})))"\n`,
    cause: 'out-of-memory',
    names: /ran out of memory/,
  },
  {
    title: 'Python over its limit',
    dockerfile: `${python}RUN ulimit -v 200000; python -c "bytearray(10**9)"\n`,
    cause: 'out-of-memory',
    names: /ran out of memory/,
  },
  {
    title: 'a command that was killed',
    dockerfile: `${python}RUN python -c "import os; os.kill(os.getpid(), 9)"; exit $?\n`,
    cause: 'out-of-memory',
    names: /killed \(exit code 137\)/,
  },
  // deadline
  {
    title: 'a command that waits for ever',
    dockerfile: `${busybox}RUN sleep 600 # ${randomUUID()}\n`,
    seconds: 5,
    cause: 'deadline',
    names: /after 5 seconds.*RUN sleep 600/,
  },
  {
    title: 'a command that waits for a terminal',
    dockerfile: `${busybox}RUN mkfifo /p && cat /p # ${randomUUID()}\n`,
    seconds: 5,
    cause: 'deadline',
    names: /mkfifo/,
  },
  // missing-secret
  {
    title: 'a secret that was not given',
    dockerfile: `${busybox}RUN --mount=type=secret,id=npm_token,required=true true\n`,
    cause: 'missing-secret',
    names: /npm_token/,
  },
  {
    title: 'another secret than the one that was given',
    dockerfile: `${busybox}RUN --mount=type=secret,id=pypi,required=true true\n`,
    more: { secrets: { pypy: 'value' } },
    cause: 'missing-secret',
    names: /pypi/,
  },
  {
    title: 'an SSH agent',
    dockerfile: `${busybox}RUN --mount=type=ssh,required=true true\n`,
    cause: 'missing-secret',
    names: /SSH/,
  },
  // syntax
  { title: 'an unknown instruction', dockerfile: `${busybox}\nRUNN x\n`, cause: 'syntax', names: /line 3/ },
  { title: 'an open quote', dockerfile: `${busybox}ENV a="b\n`, cause: 'syntax', names: /line 2/ },
  { title: 'an image name in upper case', dockerfile: 'FROM BusyBox\n', cause: 'syntax', names: /BusyBox.*lower case/ },
  {
    title: 'a tag from an empty variable',
    dockerfile: 'ARG TAG\nFROM busybox:${TAG}\n',
    cause: 'syntax',
    names: /busybox: .*ARG/,
  },
  {
    title: 'a target that does not exist',
    dockerfile: 'FROM busybox AS one\nFROM one AS two\n',
    more: { target: 'three' },
    cause: 'syntax',
    names: /three.*one, two/,
  },
  { title: 'no FROM', dockerfile: 'RUN true\n', cause: 'syntax', names: /cannot be read/ },
  {
    title: 'the standard frontend does not excuse a mistake',
    dockerfile: `# syntax=docker/dockerfile:1\n${busybox}RUNN x\n`,
    cause: 'syntax',
    names: /line 3/,
  },
  {
    title: "the builder's own checks as errors",
    dockerfile: `# check=error=true\nfrom busybox\nCMD echo hi\n`,
    cause: 'syntax',
    names: /check=error=true/,
  },
  // foreign-frontend
  {
    title: 'an instruction of another frontend',
    dockerfile: `# syntax=example.invalid/earthly:1\n${busybox}IMPORT x\n`,
    cause: 'foreign-frontend',
    names: /example\.invalid\/earthly:1/,
  },
  {
    title: 'a flag of the labs',
    dockerfile: `# syntax=docker/dockerfile:1-labs\n${busybox}RUN --security=insecure true\n`,
    cause: 'foreign-frontend',
    names: /1-labs/,
  },
  // too-many-layers
  {
    title: 'a folder for each layer',
    dockerfile: `${busybox}${'WORKDIR x\n'.repeat(130)}`,
    cause: 'too-many-layers',
    names: /about 125/,
  },
  {
    title: 'a copy for each layer, over two stages',
    dockerfile: `FROM busybox AS one\n${'COPY Dockerfile /a/\n'.repeat(60)}FROM one\n${'COPY Dockerfile /b/\n'.repeat(75)}`,
    cause: 'too-many-layers',
    names: /Join RUN, COPY and WORKDIR/,
  },
  // command-failed
  {
    title: 'a program that ends badly',
    dockerfile: `${busybox}RUN echo going; exit 7\n`,
    cause: 'command-failed',
    names: /exit code 7.*going/,
  },
  {
    title: 'a program that is not installed',
    dockerfile: `${debian}RUN gcc x.c\n`,
    cause: 'command-failed',
    names: /program gcc/,
  },
  {
    title: 'a program in exec form that is not installed',
    dockerfile: `${busybox}RUN ["bash", "-c", "true"]\n`,
    cause: 'command-failed',
    names: /program bash/,
  },
  {
    title: 'a user who does not exist',
    dockerfile: `${busybox}USER app\nRUN true\n`,
    cause: 'command-failed',
    names: /user or group app/,
  },
  {
    title: 'neighbour: it says not found, and is no package',
    dockerfile: `${busybox}RUN echo 'module foo not found'; exit 4\n`,
    cause: 'command-failed',
    names: /exit code 4/,
  },
  {
    title: 'neighbour: it was denied something, and went on to fail otherwise',
    dockerfile: `${busybox}USER 1000\nRUN mkdir /x; echo 'test 3 failed'; exit 3\n`,
    cause: 'permission-denied',
    names: /\/x/,
  },
  {
    title: 'neighbour: it speaks of memory',
    dockerfile: `${busybox}RUN echo 'memory: 5 leaks; killed 3 mutants'; exit 1\n`,
    cause: 'command-failed',
    names: /mutants/,
  },
  {
    title: 'neighbour: it speaks of networks and disks',
    dockerfile: `${busybox}RUN echo 'network tests: 3 refused, space left: 5'; exit 1\n`,
    cause: 'command-failed',
    names: /space left/,
  },
  {
    title: 'neighbour: the last word of npm says nothing',
    dockerfile: `${node}RUN echo '{"scripts":{"t":"echo broken; exit 3"}}' > package.json; npm run t\n`,
    cause: 'command-failed',
    names: /exit code 3/,
  },
  {
    title: 'RUN in an image without a shell',
    dockerfile: 'FROM scratch\nRUN true\n',
    cause: 'command-failed',
    names: /no shell/,
  },
  // unknown
  {
    title: 'a context that is no archive',
    dockerfile: busybox,
    more: { dockerfile: 'nowhere/Dockerfile' },
    cause: 'unknown',
    names: /says/,
  },
];
