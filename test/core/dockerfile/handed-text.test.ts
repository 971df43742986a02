/** Which texts that a command hands to a shell are read, and which are not. */
import t from 'tap';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { shellCommands, topCommands } from '../../../src/core/dockerfile/shell/shell.ts';

const rows: readonly (readonly [run: string, programs: string])[] = [
  ["bash -c 'a | b' && c", 'bash a b c'],
  ["/bin/bash -lc 'a'", '/bin/bash a'],
  ["bash -o pipefail -c 'a'", 'bash a'],
  ["sudo -E -u app sh -c 'a'", 'sudo a'],
  ["env A=1 sh -c 'a'", 'env a'],
  ["gosu app sh -c 'a'", 'gosu a'],
  ["sudo -u app env -u B A=1 nice -n 5 sh -c 'a'", 'sudo a'],
  ["timeout -s KILL 5 sh -c 'a'", 'timeout a'],
  ["su app -c 'a'", 'su a'],
  ['sh -c "sh -c \'a\'"', 'sh sh a'],
  ["sh -c 'a \\n b'", 'sh a'],
  // Not written there, or put together by the shell outside.
  ['sh -c "a \\"b\\""', 'sh'],
  ['sh -c "$(a)"', 'a sh'],
  ["sh -c 'a'b", 'sh'],
  ['sh -c $A', 'sh'],
  // No text for a shell.
  ["bash a.sh -c 'b'", 'bash'],
  ["python -c 'a'", 'python'],
  ["echo sh -c 'a'", 'echo'],
  ["sudo -E useradd -s sh -c 'A Name' app", 'sudo'],
  ["sudo echo sh -c 'a'", 'sudo'],
  ['sh -c', 'sh'],
];

const namesIn = (run: string, read: typeof shellCommands): string =>
  parseDockerfile(`FROM scratch\nRUN ${run}\n`)
    .instructions.flatMap((one) => (one.keyword === 'RUN' ? read(one.command) : []))
    .map(({ name }) => name)
    .join(' ');

t.test('what a shell is handed is read as if it stood there', async (t) => {
  for (const [run, programs] of rows) t.equal(namesIn(run, shellCommands), programs, run);
});

t.test('the line alone has it as a word', async (t) => {
  t.equal(namesIn("bash -c 'a | b' && c", topCommands), 'bash c');
});
