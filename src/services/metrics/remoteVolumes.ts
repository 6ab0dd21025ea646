import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { AbsenceReason, VolumeMetrics } from '../../shared/metrics/snapshot';
import { ExecutableFinder } from '../process/findExecutable';
import type { ProcessResult } from '../process/processCommand';
import type { ProcessStarter } from '../process/processInTask';
import type { RunningProcess } from '../process/runningProcess';
import { volumeUse } from './volumes';

/** Where the sizes of the volumes come from that the metrics thread must not ask. */
export interface VolumeSource {
  /** The volumes of a snapshot, the remote ones with what is known of them. */
  merge(volumes: readonly VolumeMetrics[]): VolumeMetrics[];
  /** Tells whether somebody looks at volumes now. */
  follow(looking: boolean): void;
}

export interface RemoteVolumesOptions {
  readonly runner: ProcessStarter;
  /** The absolute path of `stat`; undefined where there is none. */
  readonly findStat: () => Promise<string | undefined>;
  readonly clock: Clock;
}

/** Not by PATH: its folders may be shares themselves, as those of Windows are in WSL, or somebody's repository. */
const programFolders = ['/usr/bin', '/bin', '/run/current-system/sw/bin', '/run/current-system/profile/bin'];

const periodMs = 60_000;
const answerLimitMs = 2_000;
/** How long a volume that did not answer is left alone: doubles with each time in a row. */
const firstRestMs = 5 * 60_000;
const longestRestMs = 60 * 60_000;
/** Older sizes are no longer shown, as those from before a panel was hidden. */
const keptMs = 5 * 60_000;

type Sizes = Omit<VolumeMetrics, 'mount' | 'fs' | 'remote'>;

/** What is known of one remote volume. */
interface RemoteVolume {
  answer: Sizes;
  answeredMs: number;
  /** Not asked before. */
  dueMs: number;
  timeouts: number;
  /** Its question is open: one may outlive the time limit when the kernel does not let its process go. */
  asking: boolean;
}

/**
 * Sizes of volumes that ask another machine or program. Each question is a process of its own: should the volume
 * never answer, that process can be ended, while the thread of a process that asked could not. Volumes are asked
 * one at a time, seldom, and only while somebody looks; with no remote volume nothing runs at all.
 */
export class RemoteVolumes implements VolumeSource, Disposable {
  private readonly volumes = new Map<string, RemoteVolume>();
  private looking = false;
  private busy = false;
  private running: RunningProcess | undefined;
  private limit: Disposable | undefined;
  private disposed = false;

  constructor(private readonly options: RemoteVolumesOptions) {}

  merge(volumes: readonly VolumeMetrics[]): VolumeMetrics[] {
    const remote = volumes.filter((volume) => volume.remote === true);
    for (const [mount, { asking }] of this.volumes) {
      if (!asking && !remote.some((volume) => volume.mount === mount)) this.volumes.delete(mount);
    }
    const nowMs = this.options.clock.monotonicMs();
    for (const { mount } of remote) {
      if (!this.volumes.has(mount)) this.volumes.set(mount, unasked(nowMs));
    }
    this.askNext(remote);
    return volumes.map((volume) => {
      const known = volume.remote === true ? this.volumes.get(volume.mount) : undefined;
      if (known === undefined) return volume;
      const { mount, fs, remote } = volume;
      const isOld = known.answer.absent === undefined && nowMs - known.answeredMs > keptMs;
      return { mount, fs, remote, ...(isOld ? { absent: 'notAvailableYet' } : known.answer) };
    });
  }

  follow(looking: boolean): void {
    this.looking = looking;
  }

  /** Ends the question that is open. */
  dispose(): void {
    this.disposed = true;
    this.limit?.dispose();
    this.limit = undefined;
    void this.running?.kill();
    this.running = undefined;
  }

  private askNext(volumes: readonly VolumeMetrics[]): void {
    if (this.busy || !this.looking || this.disposed) return;
    const nowMs = this.options.clock.monotonicMs();
    for (const { mount } of volumes) {
      const known = this.volumes.get(mount);
      if (known === undefined || known.asking || known.dueMs > nowMs) continue;
      this.busy = true;
      known.dueMs = nowMs + periodMs;
      void this.ask(mount, known).finally(() => {
        this.busy = false;
        // The next one need not wait for the next snapshot.
        this.askNext(volumes);
      });
      return;
    }
  }

  /** Settles when the volume has answered or its time is over. */
  private async ask(mount: string, volume: RemoteVolume): Promise<void> {
    const { clock, runner, findStat } = this.options;
    const file = await findStat().catch(() => undefined);
    if (this.disposed) return;
    if (file === undefined) {
      note(volume, { absent: 'unsupported' }, clock.monotonicMs());
      return;
    }
    volume.asking = true;
    const running = runner.start({
      file,
      args: ['-f', '-c', '%S %b %f %a', '--', mount],
      cwd: '/',
      // Messages are told apart by their text.
      env: { LC_ALL: 'C' },
      maxOutputBytes: 1_024,
    });
    this.running = running;
    // Its result is given up on after a while; the process itself may stay.
    void running.gone.then(() => {
      volume.asking = false;
    });
    const result = await this.withinLimit(running.result);
    if (this.running === running) this.running = undefined;
    const nowMs = clock.monotonicMs();
    if (result !== undefined) {
      volume.timeouts = 0;
      note(volume, readAnswer(result), nowMs);
      return;
    }
    // Nobody waits for its end: the kernel may keep even a killed process until the volume answers.
    void running.kill();
    volume.timeouts += 1;
    volume.dueMs = nowMs + Math.min(firstRestMs * 2 ** (volume.timeouts - 1), longestRestMs);
    note(volume, { absent: 'timedOut' }, nowMs);
  }

  private withinLimit(ended: Promise<ProcessResult>): Promise<ProcessResult | undefined> {
    return new Promise((resolve) => {
      const limit = this.options.clock.setTimeout(() => {
        resolve(undefined);
      }, answerLimitMs);
      this.limit = limit;
      void ended.then((result) => {
        limit.dispose();
        resolve(result);
      });
    });
  }
}

/** Looks for `stat` where systems have it, until it is found. */
export function statFinder(): () => Promise<string | undefined> {
  const finder = new ExecutableFinder(() => ({ pathEnv: undefined, extraFolders: programFolders }));
  return () => finder.find('stat');
}

function unasked(nowMs: number): RemoteVolume {
  return {
    answer: { absent: 'notAvailableYet' },
    answeredMs: nowMs,
    dueMs: nowMs,
    timeouts: 0,
    asking: false,
  };
}

function note(volume: RemoteVolume, answer: Sizes, nowMs: number): void {
  volume.answer = answer;
  volume.answeredMs = nowMs;
}

/** What `stat -f -c '%S %b %f %a'` said: the size of a block, blocks, free ones, and those free for a user. */
export function readAnswer({ end, stdout, stderr }: ProcessResult): Sizes {
  if (end.status === 'notStarted') return { absent: end.code === 'ENOENT' ? 'unsupported' : 'failed' };
  if (end.status !== 'exited') return { absent: 'failed' };
  if (end.exitCode !== 0) return { absent: reasonIn(stderr.text) };
  const match = /^(\d{1,20}) (\d{1,20}) (\d{1,20}) (\d{1,20})\n?$/.exec(stdout.text);
  if (match === null || stdout.truncated) return { absent: 'failed' };
  const [bsize = NaN, blocks = NaN, bfree = NaN, bavail = NaN] = match.slice(1).map(Number);
  // Blocks of no size would be an empty volume of made-up figures.
  if (bsize === 0 && blocks > 0) return { absent: 'failed' };
  return volumeUse({ bsize, blocks, bfree, bavail });
}

function reasonIn(message: string): AbsenceReason {
  return /permission denied|operation not permitted/i.test(message) ? 'permissionDenied' : 'failed';
}
