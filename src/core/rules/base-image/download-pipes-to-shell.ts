/** Rule: a script from the net is run while it comes in, unseen and unchecked. */
import { builtStages, runsOf } from '../questions/ask.ts';
import { pinOf, pipedDownloads } from '../questions/downloads.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'download-pipes-to-shell',
  item: 'reproducible',
  severity: 'warning',
  title: 'Download piped into a shell',
  why: 'Whatever the server sends that day runs as the user of the build: another script tomorrow, half a script when the line breaks, and a foreign one when somebody gets hold of the server. In a pipe nothing can be checked first, and without `pipefail` not even a failed download stops the build.',
  fix: 'Fetch one version, check it, then run it: `ADD --checksum=sha256:… https://example.com/v1.2.3/install.sh /tmp/`, or copy the tool out of an image: `COPY --from=ghcr.io/astral-sh/uv:0.9.12 /uv /bin/`.',
  source: 'Dockerfile reference, "ADD --checksum"; Docker docs, "Building best practices", "RUN: using pipes".',
  aliases: ['DF021'],
  examples: {
    bad: 'FROM debian:trixie-slim\nRUN curl -fsSL https://example.com/install.sh | bash\n',
    good: 'FROM debian:trixie-slim\nRUN curl -fsSLo install.sh https://example.com/install.sh && echo "0123 install.sh" | sha256sum -c && bash install.sh\n',
  },
  *check(subject) {
    for (const run of runsOf(builtStages(subject))) {
      for (const { fetch, interpreter, url } of pipedDownloads(run)) {
        const pin = pinOf(url);
        if (pin === 'content') continue;
        const isVersion = pin === 'version';
        yield {
          at: fetch.span,
          // A release at least does not change by design.
          ...(isVersion ? { severity: 'info' } : {}),
          message: `${interpreter} runs what ${url === '' ? 'this download' : masked(url)} sends${isVersion ? ', unchecked' : ' that day, unchecked'}.`,
        };
      }
    }
  },
});

/** Without what may be a password in front of the host, or a key behind the question mark. */
function masked(url: string): string {
  return url
    .replace(/\/\/[^/@]*@/, '//')
    .replace(/[?#].*$/s, '')
    .slice(0, 200);
}
