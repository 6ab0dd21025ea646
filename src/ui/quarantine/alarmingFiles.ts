import type { Scans } from '../../services/scan/scans';
import { hasSeen } from '../../services/scan/seenFile';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { alarmingVerdicts } from '../../shared/scan/verdict';
import { type Suspect, suspectOf } from './suspect';

/** Menus look through them whenever the explorer is clicked on. */
const mostFiles = 1_000;

export interface AlarmingFilesOptions {
  readonly scans: Pick<Scans, 'onFileResult' | 'onEnded'>;
  readonly now: () => number;
  /** Told the paths when they change. */
  readonly onChanged: (paths: readonly string[]) => void;
}

/** Files that the latest scan of them in this window has spoken against; the newest, of very many. */
export class AlarmingFiles implements Disposable {
  private readonly store = new DisposableStore();
  private readonly files = new Map<string, Suspect>();

  constructor(private readonly options: AlarmingFilesOptions) {
    const { scans, now } = options;
    this.store.add(
      scans.onFileResult(({ path, verdict }) => {
        if (alarmingVerdicts.includes(verdict)) this.set({ path, scannedAt: now(), reason: { verdict } });
        else this.forget(path);
      }),
    );
    this.store.add(
      scans.onEnded((end) => {
        const { record } = end;
        const { kind, target, verdict } = record;
        if (kind !== 'file') return;
        if (verdict !== undefined && alarmingVerdicts.includes(verdict)) this.set(suspectOf(record));
        else if (hasSeen(end, target)) this.forget(target);
      }),
    );
  }

  /** What is known of a file, be it its path alone. */
  suspect(path: string): Suspect {
    return this.files.get(path) ?? { path };
  }

  forget(path: string): void {
    if (this.files.delete(path)) this.tell();
  }

  dispose(): void {
    this.store.dispose();
  }

  private set(suspect: Suspect): void {
    const { path } = suspect;
    const isNew = !this.files.delete(path);
    this.files.set(path, suspect);
    const [oldest] = this.files.keys();
    if (this.files.size > mostFiles && oldest !== undefined) this.files.delete(oldest);
    if (isNew) this.tell();
  }

  private tell(): void {
    this.options.onChanged([...this.files.keys()]);
  }
}
