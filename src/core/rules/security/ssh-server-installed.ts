/** Rule: an SSH server is in the image. */
import { isShipped } from '../questions/ask.ts';
import { installs } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'ssh-server-installed',
  item: 'hardened',
  severity: 'warning',
  title: 'SSH server in the image',
  why: 'It needs root, keys or passwords in the image, and patches of its own, for what `docker exec` and `kubectl exec` do with the rights of the platform and its log. On Debian its host keys are made while it is installed: every container has the same.',
  fix: 'Leave it out: `docker exec -it CONTAINER sh`, `kubectl exec`, `kubectl debug`.',
  source: 'CIS Docker Benchmark 5.7: ensure sshd is not run within containers.',
  aliases: [],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y openssh-server\n',
    good: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y openssh-client\n',
  },
  *check(subject) {
    for (const { manager, packages, stage, span } of installs(subject)) {
      if (manager.kind !== 'system' || !isShipped(subject, stage)) continue;
      const server = packages.find((name) =>
        /^(?:openssh-server(?:-pam)?|dropbear|tinysshd)(?:[=:~].*)?$/.test(name ?? ''),
      );
      if (server !== undefined) yield { at: span, message: `This puts an SSH server (${server}) into the image.` };
    }
  },
});
