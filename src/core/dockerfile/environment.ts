/**
 * Variables: who set them, and what they are at a given instruction.
 *
 * A lookup has three answers: the value; `null`, known to be unset; `undefined`, not to be known from the text (it comes from
 * a base image, a build argument, the platform). Unknown never turns into an empty string.
 */
import type { Environment } from './types.ts';

/** Settings of one name, oldest first; `versions` says when each was made. */
interface History {
  readonly versions: number[];
  readonly values: (string | undefined)[];
}

/** Beyond this many stages built upon each other nothing is looked up any more: it is unknown. */
const deepestInheritance = 64;

/** The variables of a stage (or of the lines before the first FROM), growing as its instructions are read. */
export class Variables {
  readonly #parent: Snapshot | undefined;
  readonly #depth: number;
  /** What a name is that nothing in this file sets. */
  readonly #otherwise: null | undefined;
  readonly #histories = new Map<string, History>();
  /** Names that ARG has declared, whether they have a value or not. */
  readonly #declared = new Set<string>();
  #version = 0;

  /**
   * @param parent     what is inherited
   * @param otherwise  what a name is that is set nowhere: `null` where all that is set is known, `undefined` above a base image
   */
  constructor(parent: Snapshot | undefined, otherwise: null | undefined) {
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const isTooDeep = depth > deepestInheritance;
    this.#parent = isTooDeep ? undefined : parent;
    this.#depth = isTooDeep ? 0 : depth;
    this.#otherwise = isTooDeep ? undefined : otherwise;
  }

  get depth(): number {
    return this.#depth;
  }

  set(name: string, value: string | undefined): void {
    let history = this.#histories.get(name);
    if (history === undefined) this.#histories.set(name, (history = { versions: [], values: [] }));
    history.versions.push(++this.#version);
    history.values.push(value);
  }

  get(name: string): string | null | undefined {
    return this.at(name, this.#version);
  }

  declare(name: string): void {
    this.#declared.add(name);
  }

  /** True when ARG has declared the name, here or below. */
  isDeclared(name: string): boolean {
    return this.#declared.has(name) || (this.#parent?.isDeclared(name) ?? false);
  }

  /** The value at an earlier moment. */
  at(name: string, version: number): string | null | undefined {
    const history = this.#histories.get(name);
    if (history !== undefined) {
      let index = history.versions.length - 1;
      if ((history.versions[index] ?? 0) > version) index = lastUpTo(history.versions, version);
      if (index >= 0) return history.values[index];
    }
    return this.#parent === undefined ? this.#otherwise : this.#parent.get(name);
  }

  /** The variables as they are now, whatever is set later. */
  snapshot(): Snapshot {
    return new Snapshot(this, this.#version);
  }
}

/** The variables at one moment. */
export class Snapshot implements Environment {
  readonly #variables: Variables;
  readonly #version: number;

  constructor(variables: Variables, version: number) {
    this.#variables = variables;
    this.#version = version;
  }

  get depth(): number {
    return this.#variables.depth;
  }

  get(name: string): string | null | undefined {
    return this.#variables.at(name, this.#version);
  }

  isDeclared(name: string): boolean {
    return this.#variables.isDeclared(name);
  }
}

function lastUpTo(versions: readonly number[], version: number): number {
  let low = -1;
  let high = versions.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((versions[middle] ?? 0) <= version) low = middle;
    else high = middle - 1;
  }
  return low;
}
