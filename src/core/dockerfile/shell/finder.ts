/** Where in the tree of a shell script its commands are. */
import { type Command as CommandSyntax, forEachChild, type SyntaxNode } from 'unbash';
import type { ShellCommand } from '../types.ts';

type Joint = ShellCommand['joinedBy'];

/** A command as it was found, before its words are resolved. */
export interface Found {
  readonly syntax: CommandSyntax;
  readonly joinedBy: Joint;
  /** It stands in a branch, a loop or a function, or behind a test: it may not be started at all. */
  readonly isConditional: boolean;
  /** Where positions cannot be followed (inside escaped backticks): the place of the whole substitution. */
  readonly inside: Place | undefined;
}

/** A range of the text that the shell reads. */
export interface Place {
  readonly pos: number;
  readonly end: number;
}

/** Walks the tree and collects the commands, and the variables that the script sets itself. */
export class Finder {
  readonly found: Found[] = [];
  readonly assigned = new Set<string>();
  /** How many branches, loops and functions the walk is in. */
  #branches = 0;

  visit(node: SyntaxNode, joinedBy: Joint, inside: Place | undefined): void {
    switch (node.type) {
      case 'Script':
      case 'CompoundList': {
        let joint = joinedBy;
        for (const statement of node.commands) {
          this.visit(statement, joint, inside);
          joint = statement.background === true ? '&' : ';';
        }
        return;
      }
      case 'Statement':
      case 'Redirected':
        this.visit(node.command, joinedBy, inside);
        if (node.type === 'Redirected') for (const redirect of node.redirects) this.visit(redirect, '', inside);
        return;
      case 'AndOr': {
        const branches = this.#branches;
        node.commands.forEach((one, index) => {
          const joint = index === 0 ? joinedBy : (node.operators[index - 1] ?? '');
          if (joint === '||' || (index > 0 && isTest(node.commands[index - 1]))) this.#branches = branches + 1;
          this.visit(one, joint, inside);
        });
        this.#branches = branches;
        return;
      }
      case 'Pipeline':
        node.commands.forEach((one, index) => this.visit(one, index === 0 ? joinedBy : '|', inside));
        return;
      case 'Command':
        forEachChild(node, (child) => this.visit(child, '', inside));
        this.#note(node);
        this.found.push({ syntax: node, joinedBy, inside, isConditional: this.#branches > 0 });
        return;
      case 'CommandExpansion': {
        if (node.script === undefined) return;
        const isDecoded = node.script.source !== undefined;
        this.visit(node.script, '', isDecoded ? (inside ?? { pos: node.pos, end: node.end }) : inside);
        return;
      }
      case 'For':
      case 'Select':
        this.assigned.add(node.name.text);
        this.#branches += 1;
        forEachChild(node, (child) => this.visit(child, '', inside));
        this.#branches -= 1;
        return;
      case 'If':
      case 'While':
      case 'Case':
      case 'Function':
      case 'ArithmeticFor':
        this.#branches += 1;
        forEachChild(node, (child) => this.visit(child, '', inside));
        this.#branches -= 1;
        return;
      default:
        forEachChild(node, (child) => this.visit(child, '', inside));
    }
  }

  /** Variables that a command sets for those after it. */
  #note(command: CommandSyntax): void {
    if (command.name === undefined) {
      for (const item of command.prefix) if (item.type === 'Assignment') this.assigned.add(item.name);
      return;
    }
    const reads = ['read', 'getopts', 'mapfile', 'readarray', 'unset'].includes(command.name.text);
    for (const item of command.suffix) {
      if (item.type === 'Assignment') this.assigned.add(item.name);
      else if (reads && item.type === 'Word') this.assigned.add(item.text);
    }
  }
}

/** `[ … ]`, `[[ … ]]`, `test …`: what comes behind `&&` is not always started. */
function isTest(node: SyntaxNode | undefined): boolean {
  if (node?.type === 'Command') return ['[', 'test'].includes(node.name?.text ?? '');
  if (node?.type === 'Statement' || node?.type === 'Redirected') return isTest(node.command);
  return node?.type === 'TestCommand' || node?.type === 'ArithmeticCommand' || node?.type === 'Pipeline';
}
