import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore, toDisposable } from '../../shared/disposable';
import { errorMessage, SentinelError } from '../../shared/errors';
import type { Logger } from '../../shared/logger';
import type { ScanSettings } from '../../shared/scan/settings';
import { RuleFolderWatch, type WatchFolder } from './ruleFolderWatch';

export interface RuleRefreshOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: ScanSettings;
  /** Reads rules where they have changed, and compiles them. */
  readonly load: (settings: ScanSettings) => Promise<void>;
  readonly watchFolder?: WatchFolder;
}

/** Editors and version control write in several steps; rules in the midst of them are none. */
const settleMs = 1_000;

/**
 * Has rules compiled anew when they have changed, so that faults are told of, and told of no more, without a scan.
 *
 * Only in a window that has scanned: elsewhere no fault is shown that could be over, and compiling, which takes from a
 * second to a minute and up to hundreds of megabytes, would be for nobody. Until then nothing is watched; from then on
 * it costs a watch of the system for each folder and no timer. What nobody tells of, the next scan sees.
 *
 * While something is scanned the rules stay as they are: what is half written would come into force in its midst.
 */
export class RuleRefresh implements Disposable {
  private readonly store = new DisposableStore();
  private readonly folders: RuleFolderWatch;
  private settings: ScanSettings;
  private isUsed = false;
  private scans = 0;
  private isDue = false;
  private isLoading = false;
  private settling: Disposable | undefined;

  constructor(private readonly options: RuleRefreshOptions) {
    const { logger, settings, watchFolder } = options;
    this.settings = settings;
    this.folders = this.store.add(
      new RuleFolderWatch({
        logger,
        onChange: () => {
          this.noticed();
        },
        ...(watchFolder && { watchFolder }),
      }),
    );
  }

  configure(settings: ScanSettings): void {
    const before = rulesOf(this.settings);
    this.settings = settings;
    if (this.isUsed && rulesOf(settings) !== before) this.noticed();
  }

  /** A scan begins, which reads rules by itself. @returns what is disposed when it has ended */
  scanning(): Disposable {
    this.isUsed = true;
    this.scans += 1;
    void this.watch().then((isNew) => {
      // The scan may have read them before they were watched.
      if (isNew) this.noticed();
    });
    return toDisposable(() => {
      this.scans -= 1;
      if (this.isDue) this.refresh();
    });
  }

  dispose(): void {
    this.settling?.dispose();
    this.store.dispose();
  }

  private noticed(): void {
    if (this.store.isDisposed) return;
    this.settling?.dispose();
    this.settling = this.options.clock.setTimeout(() => {
      this.settling = undefined;
      this.refresh();
    }, settleMs);
  }

  /** @returns whether folders are watched that were not before */
  private async watch(): Promise<boolean> {
    try {
      return await this.folders.watch(this.settings.ruleFolders.map(({ path }) => path));
    } catch (error) {
      this.options.logger.warning(`Rule folders are not watched: ${errorMessage(error)}`);
      return false;
    }
  }

  private refresh(): void {
    this.isDue = true;
    if (this.scans > 0 || this.isLoading) return;
    this.isLoading = true;
    this.isDue = false;
    void this.load().then(() => {
      this.isLoading = false;
      if (this.isDue) this.refresh();
    });
  }

  /** Never rejects. */
  private async load(): Promise<void> {
    // Before they are read: what changes from now on is told.
    await this.watch();
    if (this.store.isDisposed) return;
    try {
      await this.options.load(this.settings);
    } catch (error) {
      if (error instanceof SentinelError && error.code === 'worker.disposed') return;
      this.options.logger.warning(`Changed rules could not be read: ${errorMessage(error)}`);
    }
  }
}

/** What rules depend on. */
function rulesOf({ builtInRules, ruleFolders }: ScanSettings): string {
  return JSON.stringify([builtInRules, ruleFolders]);
}
