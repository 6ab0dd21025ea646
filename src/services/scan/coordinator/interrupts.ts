import { SentinelError } from '../../../shared/errors';
import type { WorkControl } from '../../../workers/controlBlock';

/** The wishes of a task's owner, which lie in shared memory, as signals for what waits. */
export class Interrupts {
  private readonly cancel = new AbortController();
  private pause = new AbortController();
  private both = AbortSignal.any([this.cancel.signal, this.pause.signal]);

  constructor(private readonly control: Pick<WorkControl, 'isCancelled' | 'isPauseWanted'>) {}

  /** Fires once the task is to end. */
  get cancelled(): AbortSignal {
    return this.cancel.signal;
  }

  /** Fires when the task is to end or to stand still: by then, what merely waits is to be let go of. */
  get letGo(): AbortSignal {
    // Otherwise whoever tries again at once after a pause would be let go of again, without an end.
    this.look();
    return this.both;
  }

  /** To be called a few times a second. */
  look(): void {
    const { control, cancel, pause } = this;
    if (control.isCancelled) cancel.abort(new SentinelError('task.cancelled', 'The scan was cancelled.'));
    else if (control.isPauseWanted) {
      pause.abort(new SentinelError('task.paused', 'The scan is to stand still.'));
    } else if (pause.signal.aborted) {
      this.pause = new AbortController();
      this.both = AbortSignal.any([cancel.signal, this.pause.signal]);
    }
  }
}
