import type { MetricsWorker } from '../../../../src/services/metrics/metricsService';
import { type Disposable, toDisposable } from '../../../../src/shared/disposable';
import { Emitter } from '../../../../src/shared/event';
import type { MachineSnapshot } from '../../../../src/shared/metrics/snapshot';
import type { SamplingConfig } from '../../../../src/shared/protocol/metricsWorker';

/** Stands for the owner of the metrics thread; threads start and end as the test says. */
export class FakeWorker implements MetricsWorker {
  readonly started = new Emitter<undefined>();
  readonly pushed = new Emitter<MachineSnapshot>();
  readonly onStarted = this.started.event;
  readonly onPush = this.pushed.event;
  /** What the present thread was told. */
  told: SamplingConfig[] = [];
  threads = 0;
  running = false;
  holds = 0;
  readonly replaced: string[] = [];
  stopped: Promise<void> = Promise.resolve();
  checkingMs = 0;

  notify(config: SamplingConfig): boolean {
    if (this.running) this.told.push(config);
    return this.running;
  }

  keepAlive(): Disposable {
    this.holds += 1;
    if (!this.running) this.start();
    return toDisposable(() => {
      this.holds -= 1;
    });
  }

  replace(why: string): Promise<void> {
    this.replaced.push(why);
    this.running = false;
    if (this.holds > 0) this.start();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.running = false;
    return this.stopped;
  }

  /** As after a crash. */
  start(): void {
    this.threads += 1;
    this.told = [];
    this.running = true;
    this.started.fire(undefined);
  }
}
