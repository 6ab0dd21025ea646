import type {
  MoveRequest,
  MoveResult,
  RemoveResult,
  RestoreRequest,
  RestoreResult,
} from '../../shared/protocol/quarantineWorker';
import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { errorMessage } from '../../shared/errors';
import type { Logger } from '../../shared/logger';
import type { QuarantineItem, QuarantineRefused } from '../../shared/quarantine/quarantineRecord';
import { pauseThread } from '../files/durably';
import type { FaultHook } from '../files/faults';
import { systemCode } from '../files/fileCalls';
import { sharedLock } from '../locks/sharedLock';
import type { LockHold, StorageLock } from '../locks/storageLock';
import { Action, type QuarantineControl, refused, refusedBy } from './action';
import { type ItemFiles, ItemFolder, type QuarantineStep } from './itemFolder';
import { moveIn } from './moveIn';
import { type QuarantineCalls, systemQuarantineCalls } from './quarantineCalls';
import { finishDeleting, recoverItems } from './recoverItems';
import { restoreOut } from './restoreOut';

export interface QuarantineStoreOptions {
  /** Shared by all windows of a user; made with the first file. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly logger: Logger;
  /** For tests: other calls of the system, and what happens around them. */
  readonly calls?: QuarantineCalls;
  readonly faults?: FaultHook<QuarantineStep>;
  readonly lock?: StorageLock;
  /** Waits on the spot for another window. */
  readonly pause?: (ms: number) => void;
}

const firstPauseMs = 2;
const longestPauseMs = 50;

/**
 * Files that were moved out of harm's way. Every file is in exactly one place, in the quarantine or outside of it, at
 * whatever moment somebody is killed: what was interrupted is finished or taken back before the next thing is done.
 *
 * All of it is synchronous and holds its thread while the disk works, so that it belongs on one of its own; a thread
 * that is no more has no call under way, which the lock relies on.
 */
export class QuarantineStore {
  private readonly calls: QuarantineCalls;
  private readonly folder: ItemFolder;
  private readonly lock: StorageLock;

  constructor(private readonly options: QuarantineStoreOptions) {
    const { folder, clock, faults, calls = systemQuarantineCalls } = options;
    const given = faults === undefined ? {} : { faults };
    this.calls = calls;
    this.folder = new ItemFolder({ folder, calls, ...given });
    this.lock =
      options.lock ??
      sharedLock({
        folder,
        calls,
        makeFolder: () => {
          this.folder.makeFolder();
        },
        monotonicMs: () => clock.monotonicMs(),
        ...given,
      });
  }

  /** @throws SentinelError `task.cancelled` */
  move(request: MoveRequest, control: QuarantineControl): MoveResult {
    return this.exclusively(control, (action) => moveIn(action, request, this.options.clock.now()));
  }

  /** @throws SentinelError `task.cancelled` */
  restore(request: RestoreRequest, control: QuarantineControl): RestoreResult {
    return this.exclusively(control, (action) => restoreOut(action, request));
  }

  /** Deletes for good, whatever is left of it. @throws SentinelError `task.cancelled` */
  remove(id: string, control: QuarantineControl): RemoveResult {
    return this.exclusively(control, ({ folder }) => {
      const stage = folder.stageOf(id);
      // Of what is on its way there may be more than what lies here.
      if (stage !== undefined && stage !== 'stored' && folder.record(id, stage) !== undefined)
        return refused('unfinished');
      if (stage !== undefined) folder.setStage(id, stage, 'deleting');
      else if (!folder.items().some((item) => item.id === id)) return refused('unknownItem');
      finishDeleting(folder, id);
      return { status: 'removed' };
    });
  }

  /**
   * What there is, newest first. Finishes what was interrupted, unless another window is at work.
   * @throws SentinelError `task.cancelled`; what the system throws where the store cannot be read
   */
  list(control: QuarantineControl): QuarantineItem[] {
    if (this.folder.items().some(isInterrupted)) {
      try {
        const hold = this.lock.tryAcquire();
        if (hold !== undefined) this.holding(hold, control, () => undefined);
      } catch (error) {
        // What can be read is shown where nothing can be written.
        this.tell(error);
      }
    }
    return this.folder
      .items()
      .flatMap((item) => this.itemOf(item) ?? [])
      .sort((one, other) => timeOf(other) - timeOf(one));
  }

  private itemOf({ id, stage, hasContent }: ItemFiles): QuarantineItem | undefined {
    if (stage === undefined)
      return hasContent ? { type: 'damaged', id, problem: 'recordMissing' } : undefined;
    if (stage === 'deleting') return undefined;
    const record = this.folder.record(id, stage);
    // It may have gone on since it was looked for.
    if (record === undefined && this.folder.stageOf(id) !== stage) return undefined;
    if (record === undefined) return { type: 'damaged', id, problem: 'recordUnreadable' };
    if (stage !== 'stored') return { type: 'unfinished', record };
    return hasContent
      ? { type: 'stored', record }
      : { type: 'damaged', id, problem: 'contentMissing', record };
  }

  private exclusively<T>(control: QuarantineControl, run: (action: Action) => T): T | QuarantineRefused {
    try {
      return this.holding(this.acquire(control), control, run);
    } catch (error) {
      return refusedBy(error, 'notWritable');
    }
  }

  /** Waits for other windows until the task is told to end. */
  private acquire(control: QuarantineControl): LockHold {
    const { pause = pauseThread } = this.options;
    let announced: Disposable | undefined;
    try {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
        const hold = this.lock.tryAcquire();
        if (hold !== undefined) return hold;
        control.checkpoint();
        announced ??= this.lock.announce();
        pause(pauseMs * (0.5 + Math.random()));
      }
    } finally {
      announced?.dispose();
    }
  }

  private holding<T>(hold: LockHold, control: QuarantineControl, run: (action: Action) => T): T {
    const { calls, folder } = this;
    try {
      const action = new Action({
        folder,
        calls,
        hold,
        control,
        monotonicMs: () => this.options.clock.monotonicMs(),
      });
      recoverItems(action, (id, error) => {
        this.tell(error, id);
      });
      return run(action);
    } finally {
      hold.release();
    }
  }

  /** @throws what is no error of the system */
  private tell(error: unknown, id = 'the store'): void {
    if (systemCode(error) === undefined) throw error;
    this.options.logger.warning(`Quarantine: ${id} has to wait: ${errorMessage(error)}`);
  }
}

function isInterrupted({ stage, hasTarget, parts }: ItemFiles): boolean {
  return stage !== 'stored' || hasTarget || parts.length > 0;
}

function timeOf(item: QuarantineItem): number {
  return item.record?.movedAt ?? 0;
}
