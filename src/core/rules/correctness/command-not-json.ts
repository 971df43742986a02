/** Rule: a command that was meant as a JSON array and is none, so that a shell gets the brackets. */
import type { Command } from '../../dockerfile/types.ts';
import { finalStage } from '../questions/ask.ts';
import { replacing } from '../edits.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { isPassedThrough } from '../questions/start.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'command-not-json',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'Command with brackets that is not JSON',
  why: 'What begins with `[` and is no JSON array of strings is taken as shell text without a word. The shell then looks for a program named `[uvicorn,`, or takes the list for a test: either way the container ends at once.',
  fix: 'JSON has double quotes around every word, a comma between two of them, none behind the last, and no comment: `CMD ["uvicorn", "main:app"]`.',
  source: 'Dockerfile reference, "Exec form": parsed as a JSON array, double quotes only.',
  aliases: [],
  examples: {
    bad: "FROM python:3.12-slim\nCMD ['uvicorn', 'main:app']\n",
    good: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app"]\n',
  },
  *check(subject) {
    const { entrypoint, cmd } = finalStage(subject)?.state ?? {};
    // An ENTRYPOINT in shell form never looks at CMD.
    const isRead = entrypoint === undefined || entrypoint.command.form === 'exec';
    for (const one of [entrypoint, isRead ? cmd : undefined]) {
      if (one?.command === undefined || !isMeantAsJson(one.command)) continue;
      const { command, keyword } = one;
      const fixed = asJson(command.text);
      const { span } = command;
      const isWritten = subject.dockerfile.text.slice(span.start.offset, span.end.offset) === command.text;
      // ENTRYPOINT in exec form gets the shell and the text as its arguments, and may make something of them.
      const program = one === cmd ? programOf(entrypoint?.command.args[0]?.value) : undefined;
      const isHandedOver = program !== undefined && !isPassedThrough(program);
      yield {
        at: one.span,
        ...(isHandedOver ? { severity: 'warning' as const } : {}),
        message: `${keyword} begins like a JSON array and is none: a shell gets it, brackets and all.`,
        ...(fixed === undefined || !isWritten ? {} : { edits: [replacing(span, fixed)] }),
      };
    }
  },
});

const QUOTED = String.raw`(?:'[^']*'|"[^"]*"|“[^”]*”)`;
const LIST = new RegExp(String.raw`^\[\s*${QUOTED}(?:\s*,\s*${QUOTED})*\s*,?\s*\]`);
const COMMA = new RegExp(String.raw`^\[\s+(?:${QUOTED}|[^\s,"'“”[\]]+)\s*,`);
const WORDS_ALONE = new RegExp(String.raw`^\[(?:\s+${QUOTED})+\s*\]?$`);

/**
 * Where nothing stands between the bracket and a word, no shell reads a test, whatever comes behind: `[/bin/bash]`, `["a" "b"]`,
 * `["a", "b"`. With a blank it may be one: `[ -f x ] && y`; but no test has commas, and nobody starts a container with one alone.
 */
function isMeantAsJson({ form, brokenJson, text, shell }: Command): boolean {
  if (form !== 'shell' || !brokenJson) return false;
  const start = text.slice(0, 10_000);
  // `[Console]::Beep()` is a call in PowerShell.
  if (/^\[[^\s[]/.test(start)) return !/(?:^|[\\/])(?:powershell|pwsh)/i.test(shell[0] ?? '') || LIST.test(start);
  return COMMA.test(start) || (WORDS_ALONE.test(start.trim()) && !start.includes('$'));
}

/** The list with the right quotes; `undefined` when more than that is wrong. */
function asJson(text: string): string | undefined {
  if (LIST.exec(text)?.[0] !== text.trim() || /[\\$]/.test(text)) return undefined;
  const words = text.match(new RegExp(QUOTED, 'g'))?.map((word) => word.slice(1, -1)) ?? [];
  return words.some((word) => word.includes('"'))
    ? undefined
    : `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}
