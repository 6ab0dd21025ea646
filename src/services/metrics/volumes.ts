import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { AbsenceReason, VolumeMetrics } from '../../shared/metrics/snapshot';
import { absenceOf } from './linux/systemFile';

/** What `fs.promises.statfs` gives: sizes in blocks of `bsize` bytes. */
export interface VolumeSizes {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
}

export interface VolumeToProbe {
  readonly mount: string;
  readonly fs: string;
  readonly remote: boolean;
}

/** How long a volume may take before it is shown as not answering. */
const answerLimitMs = 2_000;
const bytesPerMB = 1_024 * 1_024;

/**
 * Sizes of the mounted volumes. A network share whose server is gone can keep a system call waiting for ever, and
 * each such call holds one of the few threads that all of the process's file access shares. Two rules bound the
 * harm: a volume is never asked while an earlier question to it is open, and no remote volume is asked while
 * another remote one owes an answer. So at most one thread can be lost, however many shares hang.
 */
export class VolumeProbe implements Disposable {
  private readonly open = new Map<string, { readonly remote: boolean }>();
  private readonly results = new Map<string, VolumeMetrics>();
  private volumes: readonly VolumeToProbe[] = [];
  private refreshedAt: string | undefined;
  private running = false;
  private readonly limits = new Set<Disposable>();
  private disposed = false;

  constructor(
    private readonly statfs: (mount: string) => Promise<VolumeSizes>,
    private readonly clock: Clock,
  ) {}

  /** Results of the last turn, in the order in which the volumes were given. */
  get current(): readonly VolumeMetrics[] {
    return this.volumes.map(
      ({ mount, fs }) => this.results.get(mount) ?? { mount, fs, absent: 'notAvailableYet' as const },
    );
  }

  /** ISO 8601; undefined before the first turn is complete. */
  get currentAt(): string | undefined {
    return this.refreshedAt;
  }

  /** Asks all volumes, local ones first; resolves when each has answered or is overdue. Never rejects. */
  async refresh(volumes: readonly VolumeToProbe[]): Promise<void> {
    if (this.running || this.disposed) return;
    this.running = true;
    this.volumes = volumes;
    for (const mount of this.results.keys()) {
      if (!volumes.some((volume) => volume.mount === mount)) this.results.delete(mount);
    }
    await Promise.all(volumes.filter(({ remote }) => !remote).map((volume) => this.probe(volume)));
    for (const volume of volumes) {
      if (volume.remote) await this.probe(volume);
    }
    this.refreshedAt = new Date(this.clock.now()).toISOString();
    this.running = false;
  }

  dispose(): void {
    this.disposed = true;
    for (const limit of this.limits) limit.dispose();
    this.limits.clear();
  }

  private async probe(volume: VolumeToProbe): Promise<void> {
    const { mount, fs, remote } = volume;
    const blocked = remote
      ? [...this.open.values()].some((question) => question.remote)
      : this.open.has(mount);
    if (blocked || this.disposed) {
      this.results.set(mount, { mount, fs, absent: this.open.has(mount) ? 'timedOut' : 'notAvailableYet' });
      return;
    }
    this.open.set(mount, { remote });
    const answer: Promise<VolumeMetrics> = this.statfs(mount).then(
      (sizes) => ({ mount, fs, ...volumeUse(sizes) }),
      (error: unknown) => ({ mount, fs, absent: absenceOf(error) }),
    );
    const settled = answer.then((result) => {
      this.open.delete(mount);
      this.results.set(mount, result);
    });
    await this.withinLimit(settled, () => {
      this.results.set(mount, { mount, fs, absent: 'timedOut' satisfies AbsenceReason });
    });
  }

  private async withinLimit(work: Promise<void>, onOverdue: () => void): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        limit.dispose();
        this.limits.delete(limit);
        resolve();
      };
      const limit = this.clock.setTimeout(() => {
        onOverdue();
        end();
      }, answerLimitMs);
      this.limits.add(limit);
      void work.then(end);
    });
  }
}

/** Sizes in MiB; the percentage is that of `df`, which leaves out blocks that only root may use. */
export function volumeUse(
  sizes: VolumeSizes,
): Pick<VolumeMetrics, 'totalMB' | 'usedMB' | 'percent' | 'absent'> {
  const { bsize, blocks, bfree, bavail } = sizes;
  // File systems without a size of their own, as some FUSE programs are, answer with zeros.
  if (blocks <= 0) return { absent: 'unsupported' };
  // Some file systems count more free blocks than there are, or write "less than none" as a huge number.
  const used = Math.max(0, blocks - bfree);
  const available = Math.min(Math.max(0, bavail), bfree);
  return {
    totalMB: (blocks * bsize) / bytesPerMB,
    usedMB: (used * bsize) / bytesPerMB,
    percent: used + available > 0 ? (100 * used) / (used + available) : 100,
  };
}
