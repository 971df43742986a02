/**
 * Variables: who set them, and what they are at a given instruction.
 *
 * A lookup has three answers: the value; `null`, known to be unset; `undefined`, not to be known from the text (it comes from
 * a base image, a build argument, the platform). Unknown never turns into an empty string.
 */
import type { Environment } from '../types.ts';

/** One ENV or ARG of a name. `version` says when; `before` is the one that it replaced in the same stage. */
interface Setting {
  readonly value: string | undefined;
  readonly version: number;
  readonly isEnv: boolean;
  readonly before: Setting | undefined;
}

/** Where nothing at all can be known. */
export const nothingKnown: Environment = { get: () => undefined };

/** What a name is that is set nowhere in a stage. */
type Fallback = (name: string) => string | null | undefined;

/** Beyond this many stages built upon each other nothing is looked up any more: it is unknown. */
const deepestInheritance = 64;

/** Set nowhere in the file, and nothing else sets variables. */
export const unset: Fallback = () => null;
/** Set nowhere in the file, but a base image may set it. */
export const unknown: Fallback = () => undefined;

/** The variables of a stage (or of the lines before the first FROM), growing as its instructions are read. */
export class Variables {
  private readonly parent: Variables | undefined;
  private readonly depth: number;
  private readonly fallback: Fallback;
  private settings: Map<string, Setting> | undefined;
  /** Names that ARG has declared, whether they have a value or not. */
  private declared: Set<string> | undefined;
  private version = 0;

  /**
   * @param parent    what is inherited, as it is in the end
   * @param fallback  what a name is that nobody has set
   */
  constructor(parent: Variables | undefined, fallback: Fallback) {
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const isTooDeep = depth > deepestInheritance;
    this.parent = isTooDeep ? undefined : parent;
    this.depth = isTooDeep ? 0 : depth;
    this.fallback = isTooDeep ? unknown : fallback;
  }

  /** Sets a variable from here on; a container keeps it when ENV did it. */
  set(name: string, value: string | undefined, isEnv: boolean): void {
    this.settings ??= new Map();
    this.version += 1;
    this.settings.set(name, { value, version: this.version, isEnv, before: this.settings.get(name) });
  }

  declare(name: string): void {
    this.declared ??= new Set();
    this.declared.add(name);
  }

  /** True when ARG has declared the name, here or below. */
  isDeclared(name: string): boolean {
    return this.declared?.has(name) === true || this.parent?.isDeclared(name) === true;
  }

  /** The value as it is now. */
  get(name: string): string | null | undefined {
    return this.find(name, Infinity, false);
  }

  /** A mark for `at`: what is set from here on does not show. */
  get moment(): number {
    return this.version;
  }

  /** The variables as they were at a moment. */
  at(moment: number): Environment {
    return { get: (name) => this.find(name, moment, false) };
  }

  /** What a container has: all of ENV, also what is set further down, and no ARG. */
  atRunTime(): Environment {
    return { get: (name) => this.find(name, Infinity, true) };
  }

  private find(name: string, moment: number, envOnly: boolean): string | null | undefined {
    const setting = this.setting(name, moment, envOnly);
    if (setting !== undefined) return setting.value;
    return this.parent === undefined ? this.fallback(name) : this.parent.find(name, Infinity, envOnly);
  }

  /** The last setting that counts. */
  private setting(name: string, moment: number, envOnly: boolean): Setting | undefined {
    const counts = ({ version, isEnv }: Setting): boolean => version <= moment && (isEnv || !envOnly);
    let setting = this.settings?.get(name);
    while (setting !== undefined && !counts(setting)) setting = setting.before;
    return setting;
  }
}
