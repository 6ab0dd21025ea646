import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { VolumeMetrics } from '../../shared/metrics/snapshot';
import { bytesPerMB } from '../../shared/units';
import { failureReason } from './linux/systemFile';

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
  /**
   * `remote`: asks another machine or program when looked at, and may never answer. `unknown`: may do so, as on
   * systems that do not tell a share from a disk.
   */
  readonly reach: 'local' | 'unknown' | 'remote';
}

/** How long a volume may take before it is shown as not answering. */
const answerLimitMs = 2_000;

/**
 * Sizes of the mounted volumes, asked by this process. A network share whose server is gone can keep a system call
 * waiting for ever. That call holds one of the few threads that all of the process's file access shares, and the
 * process can neither end the thread that asked nor itself. So a volume known as remote is listed and never asked
 * here; `RemoteVolumes` has its sizes. No volume is asked while an earlier question to it is open, and of those
 * with unknown reach none while another one owes an answer: they cost this probe one thread at most. A probe knows
 * nothing of questions that one before it left open: each metrics thread that is replaced (after a pause, or when it
 * hangs) while such a volume does not answer may leave one more thread waiting.
 */
export class VolumeProbe implements Disposable {
  private readonly open = new Map<string, VolumeToProbe['reach']>();
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
      ({ mount, fs, reach }) =>
        this.results.get(mount) ?? {
          mount,
          fs,
          ...(reach === 'remote' ? { remote: true } : {}),
          absent: 'notAvailableYet',
        },
    );
  }

  /** ISO 8601; undefined before the first turn is complete. */
  get currentAt(): string | undefined {
    return this.refreshedAt;
  }

  /** Asks all volumes that may be asked, local ones first; resolves when each has answered or is overdue. Never rejects. */
  async refresh(volumes: readonly VolumeToProbe[]): Promise<void> {
    if (this.running || this.disposed) return;
    this.running = true;
    this.volumes = volumes;
    for (const mount of this.results.keys()) {
      if (!volumes.some((volume) => volume.mount === mount && volume.reach !== 'remote'))
        this.results.delete(mount);
    }
    await Promise.all(volumes.filter(({ reach }) => reach === 'local').map((volume) => this.probe(volume)));
    for (const volume of volumes) {
      if (volume.reach === 'unknown') await this.probe(volume);
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
    const { mount, fs, reach } = volume;
    const isOpen = this.open.has(mount);
    const isBlocked = isOpen || (reach === 'unknown' && [...this.open.values()].includes('unknown'));
    if (isBlocked || this.disposed) {
      this.results.set(mount, { mount, fs, absent: isOpen ? 'timedOut' : 'notAvailableYet' });
      return;
    }
    this.open.set(mount, reach);
    const answer: Promise<VolumeMetrics> = this.statfs(mount).then(
      (sizes) => ({ mount, fs, ...volumeUse(sizes) }),
      (error: unknown) => ({ mount, fs, absent: failureReason(error) }),
    );
    const settled = answer.then((result) => {
      this.open.delete(mount);
      this.results.set(mount, result);
    });
    await this.withinLimit(settled, () => {
      this.results.set(mount, { mount, fs, absent: 'timedOut' });
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
