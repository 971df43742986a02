/** What of a Dockerfile may be shown: its secrets are stars, all else is as it was written, and every line and column stays. */
import t from 'tap';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { shownText } from '../../src/core/secrets/shown-text.ts';

const shown = (text: string): string => shownText(parseDockerfile(text, {}), undefined);

t.test('what may be a secret is hidden, a star for each character', async (t) => {
  for (const [line, wanted] of [
    ['ENV API_KEY=b7Qx93kfLs02mVt6', 'ENV API_KEY=****************'],
    ['ENV DB_PASSWORD hunter2', 'ENV DB_PASSWORD *******'],
    ['ENV DB_PASSWORD="two words" PORT=80', 'ENV DB_PASSWORD=*********** PORT=80'],
    ['ARG NPM_TOKEN=${OTHER:-h7Gt2xQz}', 'ARG NPM_TOKEN=******************'],
    ['LABEL deploy.secret=abc', 'LABEL deploy.secret=***'],
    ['# once: DB_PASSWORD=hunter2', '# once: DB_PASSWORD=*******'],
    ['RUN curl -fsS -u deploy:h7Gt2xQz https://a.example', 'RUN curl -fsS -u *************** https://a.example'],
    ['CMD ["app", "--admin-password=hunter22"]', 'CMD ["app", ***************************]'],
    ['RUN cat <<EOF > .env\nSECRET_KEY="a b"\nPORT=1\nEOF', 'RUN cat <<EOF > .env\nSECRET_KEY=*****\nPORT=1\nEOF'],
  ] as const) {
    t.equal(shown(`FROM busybox:1.37\n${line}\n`), `FROM busybox:1.37\n${wanted}\n`);
  }
  const url = ['ENV DATABASE_URL=postgres://shop', 'h7Gt2xQz@db/shop'].join(':');
  t.notMatch(shown(`FROM busybox:1.37\n${url}\n`), /h7Gt2xQz/);
});

t.test('what is none stays', async (t) => {
  for (const line of [
    'ENV API_KEY_FILE=/run/secrets/key TOKEN_TTL=60',
    'ARG NPM_TOKEN',
    'ENV DB_PASSWORD=',
    'ENV DATABASE_URL=postgres://shop:${DB_PASSWORD}@db/shop',
    'RUN --mount=type=secret,id=token curl -H "Authorization: Bearer $(cat /run/secrets/token)" https://a.example',
    'RUN export NODE_ENV=production && pip install --no-cache-dir -r requirements.txt',
    'COPY --from=builder /app /app',
    'ENV VERSION=1.2.3 PATH=/app/bin:$PATH',
  ]) {
    t.equal(shown(`FROM busybox:1.37\n${line}\n`), `FROM busybox:1.37\n${line}\n`);
  }
});

t.test('what a scanner found is hidden, wherever it is and whatever overlaps', async (t) => {
  const text = 'FROM busybox:1.37\nENV API_KEY=b7Qx93kfLs02mVt6\nRUN echo fine\n';
  const dockerfile = parseDockerfile(text, {});
  const at = text.indexOf('b7Qx');
  const leak = { path: 'Dockerfile', kind: 'a key', start: at - 8, end: at + 4 };
  const echo = { path: 'Dockerfile', kind: 'a word', start: text.indexOf('fine'), end: text.length };
  t.equal(shownText(dockerfile, [echo, leak]), 'FROM busybox:1.37\nENV ************************\nRUN echo ****\n');
});
