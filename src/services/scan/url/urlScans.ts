import type { Event } from '../../../shared/event';
import type { Finding, ScanRecord } from '../../../shared/scan/record';
import type { Verdict } from '../../../shared/scan/verdict';
import type { UrlSettings } from '../../../shared/url/urlSettings';
import type { Task } from '../../tasks/task';

export interface UrlScanOptions {
  /** Asks anew although an answer is at hand. */
  readonly refresh?: boolean;
  /** A person named this very link, so that it may lead into their own network. */
  readonly localOnPurpose?: boolean;
}

/** What a link comes to by local evidence alone. */
export interface CheckedUrl {
  /** As it was written. */
  readonly text: string;
  readonly verdict: Verdict;
  readonly summary: string;
  readonly findings: readonly Finding[];
  /** Present where it alarms, and so is in the history. */
  readonly record?: ScanRecord;
}

/** An answer that is still good. */
export interface KnownUrl {
  readonly record: ScanRecord;
  readonly ageMs: number;
  /** It can be opened as a report. */
  readonly inHistory: boolean;
}

/**
 * Scans of links. Each is a supervised task, and its record is in the history when its outcome settles. Text that no
 * browser could open is a result and no failure.
 */
export interface UrlScans {
  /** By local evidence and by the engines that are enabled. */
  scanUrl(text: string, options?: UrlScanOptions): Task<ScanRecord>;
  /** Several in one task. @returns a record for each, in order */
  scanUrls(texts: readonly string[]): Task<readonly ScanRecord[]>;
  /**
   * Links that stand in a file, by local evidence alone: nothing is sent away for what nobody has chosen. Only those
   * that alarm go into the history.
   */
  checkUrls(texts: readonly string[]): Task<readonly CheckedUrl[]>;
  /** The answer at hand about a link, without asking anything. */
  known(text: string): KnownUrl | undefined;
  /** A link was scanned, in whatever way it ended. */
  readonly onEnded: Event<ScanRecord>;
  /** Holds for scans that begin from now on. */
  configure(settings: UrlSettings): void;
}
