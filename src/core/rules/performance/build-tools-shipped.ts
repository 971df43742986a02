/** Rule: compilers and headers are installed in the stage that ships, and stay there. */
import { commandsOf, shippedStages } from '../ask.ts';
import { callsFor, installs } from '../installs.ts';
import type { Install } from '../installs.ts';
import { defineRule } from '../rule.ts';

/** Packages that build things, whatever the distribution calls them. */
const TOOL =
  /^(?:build-essential|build-base|alpine-sdk|base-devel|gcc(?:-\d+)?|g\+\+(?:-\d+)?|clang(?:-\d+)?|llvm(?:-\d+)?|make|cmake|automake|autoconf|ninja-build|meson|musl-dev|libc6?-dev|linux-headers.*|cargo|rustc|golang(?:-\d.*)?|maven|gradle|default-jdk(?:-headless)?|openjdk-\d+-jdk(?:-headless)?|lib.+-dev|.+-devel?|python3?(?:\.\d+)?-dev|gcc-c\+\+|Development Tools)$/;

export default defineRule({
  id: 'build-tools-shipped',
  item: 'multi-stage',
  severity: 'warning',
  title: 'Build tools in the final image',
  why: 'Compilers and headers are needed once, while the image is built. Shipped, they are hundreds of megabytes that every node pulls, and the first thing an attacker looks for.',
  fix: 'Build in an earlier stage and copy the result: `FROM python:3.12-slim AS build` … `COPY --from=build /venv /venv`.',
  source: 'Lessons, "The readiness checklist": no build tools in the final image.',
  aliases: ['DF011'],
  examples: {
    bad: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc && pip install --no-cache-dir uwsgi && rm -rf /var/lib/apt/lists/*\n',
    good: 'FROM python:3.12-slim AS build\nRUN apt-get update && apt-get install -y gcc && pip install --prefix=/out uwsgi\nFROM python:3.12-slim\nCOPY --from=build /out /usr/local\n',
  },
  *check(subject) {
    for (const install of installs(subject)) {
      if (install.manager.kind !== 'system' || !shippedStages(subject).includes(install.stage)) continue;
      if (isTakenAway(install)) continue;
      const tools = install.packages.flatMap((name) =>
        name !== undefined && TOOL.test(bare(name)) ? [bare(name)] : [],
      );
      if (tools.length > 0) {
        yield {
          at: install.span,
          message: `The final image keeps ${tools.slice(0, 5).join(', ')}, which only building needs.`,
        };
      }
    }
  },
});

/** `gcc=4:12.2`, `gcc:amd64`, `gcc~12` name gcc. */
function bare(name: string): string {
  return name.split(/[=~<>:]/, 1)[0] ?? name;
}

/** The same RUN removes what it installed: the layer then never held it. */
function isTakenAway(install: Install): boolean {
  return commandsOf(install.run)
    .slice(install.index + 1)
    .some((one) =>
      ['purge', 'remove', 'autoremove', 'del'].some((verb) =>
        ['apt-get', 'apt', 'apk', 'dnf', 'yum', 'microdnf'].some((program) => callsFor(one, program, verb)),
      ),
    );
}
