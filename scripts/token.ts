/** `npm run token -- NAME [scopes=…] [projects=…]`: a new token for its holder, and the line of DRYDOCK_TOKENS_FILE that knows it. */
import { randomBytes } from 'node:crypto';
import { digestOf, parseTokens } from '../src/http/tokens.ts';

const [name, ...limits] = process.argv.slice(2);
if (name === undefined) {
  console.error('npm run token -- NAME [scopes=analyze,build,read] [projects=shop/*]');
  process.exitCode = 2;
} else {
  const token = randomBytes(32).toString('hex');
  const line = [name, `sha256:${digestOf(token).toString('hex')}`, ...limits].join(' ');
  // Throws for what the service would not take.
  parseTokens(line);
  console.log(`For its holder, shown once:\n${token}\n\nFor the file of DRYDOCK_TOKENS_FILE:\n${line}`);
}
