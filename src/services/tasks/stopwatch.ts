import type { Clock } from '../../shared/clock';
import type { TaskMetrics, TaskStatus } from './task';

type Phase = 'queued' | 'running' | 'paused';

/** Adds up how long a task was in each phase. */
export class Stopwatch {
  private readonly spentMs: Record<Phase, number> = { queued: 0, running: 0, paused: 0 };
  private phase: Phase = 'queued';
  private sinceMs: number;
  private stopped = false;

  constructor(private readonly clock: Clock) {
    this.sinceMs = clock.monotonicMs();
  }

  enter(status: TaskStatus): void {
    if (this.stopped) return;
    this.book();
    if (status === 'queued' || status === 'running' || status === 'paused') this.phase = status;
  }

  stop(): void {
    if (this.stopped) return;
    this.book();
    this.stopped = true;
  }

  read(): TaskMetrics {
    if (!this.stopped) this.book();
    const { queued, running, paused } = this.spentMs;
    return {
      queuedMs: queued,
      runningMs: running,
      pausedMs: paused,
      totalMs: queued + running + paused,
    };
  }

  private book(): void {
    const nowMs = this.clock.monotonicMs();
    this.spentMs[this.phase] += nowMs - this.sinceMs;
    this.sinceMs = nowMs;
  }
}
