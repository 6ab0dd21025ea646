import type { Event } from '../../shared/event';
import type { Finding, ScanRecord } from '../../shared/scan/record';
import type { ScanSettings } from '../../shared/scan/settings';
import type { Verdict } from '../../shared/scan/verdict';
import type { Task } from '../tasks/task';
import type { RuleFault } from './rules/ruleScanner';

/** A file about which a scan found something. */
export interface FileResult {
  readonly path: string;
  readonly verdict: Verdict;
  /** At least one; informational ones are among them. */
  readonly findings: readonly Finding[];
}

/** A target whose scan has ended, in whatever way. */
export interface ScanEnd {
  /** As history has it; all findings of a folder came as `onFileResult` before, more than a record has room for. */
  readonly record: ScanRecord;
  /** The scan came to its end, and left nothing of its target to look at. */
  readonly complete: boolean;
  /** Files and folders that the scan of a folder left out; the first of very many. */
  readonly excludedPaths?: readonly string[];
}

/** Which rules are in force. */
export interface RulesState {
  /** Rules that threads have compiled. */
  readonly ruleCount: number;
  /**
   * The person's own. `compiling`: until that is done, scans ask the built-in ones alone; `interrupted`: it has ended
   * before its end, and the next scan begins anew.
   */
  readonly own: 'none' | 'compiling' | 'inForce' | 'failed' | 'interrupted';
  /** How far compiling has come, in steps; absent before the first of them. */
  readonly share?: { readonly done: number; readonly total: number };
  /** Files of rules that could not be compiled; of changed ones, until they have been, those of before. */
  readonly faults: readonly RuleFault[];
}

/**
 * Scans of files and folders. Each is a supervised task: its progress, pause and cancel are the task's, and its record
 * is in the history when its outcome settles. A file that cannot be read is a result and no failure.
 */
export interface Scans {
  /** A symbolic link is followed, once, since it was chosen. */
  scanFile(path: string): Task<ScanRecord>;
  scanFolder(path: string): Task<ScanRecord>;
  /**
   * Scans a file without putting the answer anywhere: not into the history, the Problems panel or a toast. Marks as
   * safe do not count.
   */
  examineFile(path: string): Task<ScanRecord>;
  /** Files and folders in one task. @returns a record for each, in order */
  scanPaths(paths: readonly string[]): Task<readonly ScanRecord[]>;
  /** Something was found in a file; told while the scan goes on, a few times a second at most. */
  readonly onFileResult: Event<FileResult>;
  readonly onEnded: Event<ScanEnd>;
  /** Changes when rules were compiled: before the first scan, and from then on when their files have changed. */
  readonly rules: RulesState;
  readonly onRulesChanged: Event<RulesState>;
  /** Holds for scans that begin from now on. */
  configure(settings: ScanSettings): void;
}
