import { ControlBlock } from '../../workers/controlBlock';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore, toDisposable } from '../../shared/disposable';
import type { TaskContext } from './task';

/** The part of a `WorkerClient` that is needed to end work that does not obey. */
export interface ReplaceableThread {
  replace(why: string): Promise<void>;
}

/** How often the owner looks at the control block; a signal of life is good for 15 s. */
const pollMs = 100;
/** How often it looks while a pause is on its way. */
const pausePollMs = 5;

/**
 * Runs a part of a task on a thread: cancel and pause reach it through a control block, its progress and signs of
 * life come back the same way, and a thread that does not obey is replaced.
 * @param send sends the request with the control block in it, without an abort signal: the task shall end when
 *   the thread has stopped, not when it was told to
 */
export async function runOnThread<R>(
  context: TaskContext,
  thread: ReplaceableThread,
  clock: Clock,
  send: (control: SharedArrayBuffer) => Promise<R>,
): Promise<R> {
  context.signal.throwIfAborted();
  const block = new ControlBlock();
  const attachments = new DisposableStore();
  const onAbort = (): void => {
    block.cancel();
  };
  context.signal.addEventListener('abort', onAbort);
  attachments.add(
    toDisposable(() => {
      context.signal.removeEventListener('abort', onAbort);
    }),
  );
  attachments.add(context.onForce(() => thread.replace('it did not obey')));
  attachments.add(
    context.addPausable({
      pause() {
        block.pause();
        return standstill(block, clock, attachments);
      },
      resume() {
        block.resume();
      },
    }),
  );
  const relay = new StateRelay(context, block);
  attachments.add(
    clock.setInterval(() => {
      relay.look();
    }, pollMs),
  );
  try {
    const result = await send(block.buffer);
    relay.look();
    return result;
  } finally {
    attachments.dispose();
  }
}

/** Hands on what changed in the control block since the last look. */
class StateRelay {
  private beats = 0;
  private percent: number | undefined;

  constructor(
    private readonly context: TaskContext,
    private readonly block: ControlBlock,
  ) {}

  look(): void {
    const { beats, percent } = this.block.read();
    if (beats !== this.beats) this.context.heartbeat();
    if (percent !== undefined && percent !== this.percent) this.context.reportProgress(percent);
    this.beats = beats;
    this.percent = percent;
  }
}

/** Settles when the thread waits at a checkpoint; not at all when it ends before that. */
function standstill(block: ControlBlock, clock: Clock, attachments: DisposableStore): Promise<void> {
  return new Promise((resolve) => {
    const timer: Disposable = attachments.add(
      clock.setInterval(() => {
        if (block.read().waitingThreads === 0 && block.isPauseWanted) return;
        timer.dispose();
        resolve();
      }, pausePollMs),
    );
  });
}
