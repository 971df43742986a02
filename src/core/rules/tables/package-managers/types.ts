/** What is told of a package manager: how it is called, what it installs from, what it leaves behind and what excuses it. */

/** The cache that an install leaves in the layer. */
export interface PackageCache {
  /** Folders it fills; `~` for the home of whoever installs. */
  readonly folders: readonly string[];
  /** Options and variables that move it elsewhere. */
  readonly movedBy: { readonly options: readonly string[]; readonly variables: readonly string[] };
  /** Flags of the install that leave nothing behind; the first one is the one to write. */
  readonly flags: readonly string[];
  /** Variables that switch the cache off; some are heeded only when they say yes. */
  readonly variables: readonly { readonly name: string; readonly mustSayYes: boolean }[];
  /** Commands that empty it, as leading words. */
  readonly cleaners: readonly (readonly string[])[];
}

/** A flag, an option or a variable; with `value`, only where its value is like that. */
export interface Switch {
  readonly name: string;
  readonly value?: RegExp;
}

/** How an install is held to what its lock file says. */
export interface LockSwitch {
  /** Verbs that keep to it without being told. */
  readonly verbs: readonly string[];
  readonly flags: readonly Switch[];
  readonly variables: readonly Switch[];
  /** Commands that settle it before, as leading words. */
  readonly settledBy: readonly (readonly (string | RegExp)[])[];
  /** What to write instead: `npm ci`. */
  readonly write: string;
}

/** How development dependencies are left out of an install, or asked for. */
export interface DevelopmentSwitch {
  /** They come unless they are left out; else only when asked for. */
  readonly comeByDefault: boolean;
  readonly leftOutBy: { readonly flags: readonly Switch[]; readonly variables: readonly Switch[] };
  readonly askedFor: { readonly flags: readonly Switch[]; readonly variables: readonly Switch[] };
  /** Commands that take them away afterwards or settle it before, as leading words. */
  readonly settledBy: readonly (readonly (string | RegExp)[])[];
  /** What to write: `npm ci --omit=dev`. */
  readonly write: string;
  /** What a manifest says that has some, by the name of the manifest. */
  readonly listedIn: Readonly<Record<string, RegExp>>;
}

/** One package manager. */
export interface PackageManager {
  readonly id: string;
  readonly kind: 'system' | 'language';
  /** `compile`: builds the project, and on its way fetches the dependencies that are not there yet. */
  readonly step: 'install' | 'compile';
  /** The ways to start it, as leading words; program names without their folder. */
  readonly calls: readonly (readonly string[])[];
  /**
   * Words after the call that install. The empty string: the bare call installs (`yarn`). None at all: the call says it
   * already (`pacman -S`).
   */
  readonly verbs: readonly string[];
  /** Verbs that a project gives itself: tasks of Gradle. */
  readonly verbForm: RegExp | undefined;
  /** Takes several verbs at once, each with what it belongs to: `mvn clean package`, `gradle :app:build`. */
  readonly manyVerbs: boolean;
  /** Options (before or after the verb) whose value is the next word, so that it is not taken for a package. */
  readonly valued: readonly string[];
  /** Options whose value is a manifest: what is read is not a package by name. */
  readonly manifestOptions: readonly string[];
  /** Files that say what to install, names or `*.ext`. Empty for system packages. */
  readonly manifests: readonly string[];
  readonly lockFiles: readonly string[];
  /** Reads its manifest when no package is named: `npm install`, `uv sync`. */
  readonly readsManifest: boolean;
  /** Words behind the verb are paths of the project, not names of packages: `dotnet restore Shop.csproj`. */
  readonly takesPaths: boolean;
  /** What fetches the dependencies alone, where this does more: `go mod download` before `go build`. */
  readonly fetchedBy: string | undefined;
  readonly cache: PackageCache | undefined;
  /** `undefined`: it always keeps to its lock file, or it has none. */
  readonly lock: LockSwitch | undefined;
  /** `undefined`: it knows no development dependencies. */
  readonly development: DevelopmentSwitch | undefined;
}

/** What most package managers have in common. */
export const usual = {
  step: 'install',
  verbForm: undefined,
  manyVerbs: false,
  valued: [],
  manifestOptions: [],
  manifests: [],
  lockFiles: [],
  readsManifest: true,
  takesPaths: false,
  fetchedBy: undefined,
  cache: undefined,
  lock: undefined,
  development: undefined,
} as const satisfies Partial<PackageManager>;

/** The cache of a package manager that knows no option or variable to move it. */
export const staysPut = { options: [], variables: [] } as const;

/** Yes in an environment variable. */
export const YES = /^(?:1|true|yes|on|y|t)$/i;
