import type { StartupSummary } from './services/startup/orchestrator';
import type { Event } from './shared/event';
import type { HistoryPage, HistoryPageQuery } from './shared/history/query';
import type { HistoryPoint } from './shared/metrics/history';
import type { MetricsSnapshot } from './shared/metrics/snapshot';
import type { ScanRecord } from './shared/scan/record';

/**
 * What `vscode.extensions.getExtension('sentinel-suite.sentinel').activate()` gives to other extensions.
 *
 * Within one `apiVersion` members are added and never changed or removed.
 */
export interface SentinelApi {
  readonly apiVersion: 1;
  readonly metrics: {
    /** The newest snapshot; undefined before the first, and while nobody ever looked. */
    readonly current: MetricsSnapshot | undefined;
    /** The last quarter of an hour, oldest first; a copy. */
    readonly history: readonly HistoryPoint[];
    /** Whether a person paused live metrics; `current` is then old. */
    readonly paused: boolean;
    /** Fires for each snapshot. Sampling goes on, at the background pace, as long as there is a listener. */
    readonly onDidChange: Event<MetricsSnapshot>;
  };
  /** The answers of scans, of all windows. Methods reject where the history cannot be read. */
  readonly history: {
    /** Newest first, at most 1,000 at a time; `next` of the answer is `after` of the next question. */
    page(query: HistoryPageQuery): Promise<HistoryPage>;
    /** The whole of a record; undefined where there is none of this id. */
    get(id: string): Promise<ScanRecord | undefined>;
    /** Records were added, changed or removed, in this window or another. Bursts are told once. */
    readonly onChanged: Event<void>;
  };
  /** Scans files, folders, links and hosts as a person does who asks for it: with progress, and a record in the history. */
  readonly scan: {
    /**
     * @param path absolute, of a file or a folder
     * @returns the answer; undefined where the scan was cancelled or failed
     */
    path(path: string): Promise<ScanRecord | undefined>;
    /**
     * Nothing is opened. Engines that a person has enabled are asked, and the link is sent to them.
     * @param url whole, with its scheme
     * @returns the answer; undefined where the scan was cancelled or failed
     */
    url(url: string): Promise<ScanRecord | undefined>;
    /**
     * Asks nmap for the most common ports. An answer of the last half an hour is given at once; before a public target, and
     * before very many addresses, a person is asked.
     * @param target a host's name, an address, a network (`10.0.0.0/24`) or a range (`10.0.0.1-20`)
     * @returns the answer; undefined where the scan was cancelled or failed, nmap is missing, or a person said no
     */
    host(target: string): Promise<ScanRecord | undefined>;
  };
  readonly startup: {
    /** Where startup stands now. */
    readonly summary: StartupSummary;
    /** Settles when all phases have ended; never rejects. */
    readonly completed: Promise<StartupSummary>;
  };
}
