/** Rule: packages are installed without a look at who signed them. */
import { builtStages, commandsOf } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';
import { settingsOff, switchOff } from '../questions/trust-switches.ts';

export default defineRule({
  id: 'packages-unverified',
  item: 'hardened',
  severity: 'warning',
  title: 'Signatures of packages are not checked',
  why: 'The signature is what says that a package comes from the distribution: without it a mirror, or whoever stands before it, can put any program into the image.',
  fix: 'Install the key of the repository (`signed-by=` of apt, `/etc/apk/keys`, `rpm --import`) and leave the switch out. A single file is checked by its sum: `sha256sum -c`.',
  source: 'apt-get(8), apk(8), dnf(8), rpm(8).',
  aliases: ['CKV2_DOCKER_7', 'CKV2_DOCKER_8', 'CKV2_DOCKER_9', 'CKV2_DOCKER_10', 'CKV2_DOCKER_11'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --allow-unauthenticated tool\n',
    good: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --allow-downgrades tool\n',
  },
  *check(subject) {
    for (const one of builtStages(subject).flatMap(({ instructions }) => instructions)) {
      for (const command of one.keyword === 'RUN' ? commandsOf(one) : []) {
        const word = switchOff(command, 'signature');
        if (word === undefined) continue;
        // A file may have been built or checked before; a repository is what the signature is for.
        const isOfFiles = command.args.some(({ raw }) => /\.(?:apk|deb|rpm)["']?$/.test(raw));
        yield {
          at: command.span,
          ...(isOfFiles ? { severity: 'info' as const } : {}),
          message: `${word}: nobody checks who signed what is installed.`,
        };
      }
      for (const { at, says } of settingsOff(one, 'signature'))
        yield { at, message: `${says}: nobody checks who signed what comes out of this repository.` };
    }
  },
});
