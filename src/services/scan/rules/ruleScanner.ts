import type { Match } from '../../../shared/scan/record';

/** A file of YARA rules. */
export interface RuleSource {
  /** Rules of one namespace see each other; each file has its own. */
  readonly namespace: string;
  /** Where it came from, for messages; absolute for the user's own. */
  readonly file: string;
  readonly text: string;
}

/** A file of rules that could not be compiled. The others are in force all the same. */
export interface RuleFault {
  readonly file: string;
  /** From 1, where the compiler tells. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** What public rule sets expect to be told about the file, besides its content. */
export interface RuleExternals {
  readonly filename: string;
  readonly filepath: string;
  /** With its dot, lower case; empty without one. */
  readonly extension: string;
  readonly filetype: string;
  readonly owner: string;
}

export const externalNames = [
  'filename',
  'filepath',
  'extension',
  'filetype',
  'owner',
] as const satisfies readonly (keyof RuleExternals)[];

export interface RuleMatch {
  readonly namespace: string;
  readonly rule: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /** The first places. */
  readonly matches: readonly Match[];
  /** Of all strings together; of one that occurs very often, what is beyond 10,000 may not be counted. */
  readonly matchCount: number;
}

/** Something to be looked at by rules: a file in whole, or a member of an archive. */
export interface RuleScanItem {
  readonly bytes: Uint8Array;
  readonly externals: RuleExternals;
}

/**
 * Compiled rules, ready to be asked; belongs to one thread. It is synchronous throughout, so that its thread's owner
 * has to watch it: only the end of the thread stops an expression that does not come to an end.
 */
export interface RuleScanner {
  /** Names of the rules in force, as `namespace/rule`. */
  readonly ruleNames: readonly string[];
  /** How many calls YARA-X had that cost as much as a scan: scans, and changes of what it is told about the file. */
  readonly scanCount: number;
  /** What WebAssembly has taken for itself; it gives nothing back before the end of the thread. */
  readonly memoryBytes: number;
  /**
   * @throws SentinelError `rules.crashed` when YARA-X failed in a way after which only a new thread will do;
   *   `rules.scanFailed` when it says that it could not scan
   */
  scan(item: RuleScanItem): readonly RuleMatch[];
  /**
   * The same answers as `scan` for each, in order, with fewer calls into WebAssembly: items are joined and asked
   * first whether any string of a rule occurs in them at all.
   * @param beforeItem is called with the index of the item that is about to be scanned alone, and with `undefined`
   *   before a joined scan; may throw to stop
   */
  scanMany(
    items: readonly RuleScanItem[],
    beforeItem?: (index: number | undefined) => void,
  ): readonly (readonly RuleMatch[])[];
  dispose(): void;
}
