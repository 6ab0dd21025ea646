import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { GpuDevice } from '../../shared/gpu/gpu';
import { withoutReadings } from './metrics';
import { parseIoreg } from './ioreg';
import type { GpuProvider, GpuProviderEvents } from './provider';
import type { StartTool } from './toolLoop';
import { ToolSlot } from './toolSlot';

const args = ['-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator'];
const maxOutputLength = 1024 * 1024;
const timeLimitMs = 10_000;

/**
 * Graphics of a Mac through `ioreg`, which has no loop of its own: each reading starts it once, so that readings
 * are at least `minIntervalMs` apart whatever interval is set.
 */
export class AppleProvider implements GpuProvider {
  readonly name = 'apple';
  private readonly tool: ToolSlot;
  private next: Disposable | undefined;
  private timeLimit: Disposable | undefined;
  private intervalMs = 0;
  private devices: readonly GpuDevice[] | undefined;
  private failing = false;

  constructor(
    private readonly ioregPath: string,
    private readonly clock: Clock,
    private readonly events: GpuProviderEvents,
    private readonly minIntervalMs = 10_000,
    startTool?: StartTool,
  ) {
    this.tool = new ToolSlot(startTool);
  }

  start(intervalMs: number): void {
    this.suspend();
    this.intervalMs = Math.max(intervalMs, this.minIntervalMs);
    this.ask();
  }

  suspend(): void {
    this.endTool();
    this.next?.dispose();
    this.next = undefined;
    this.devices = undefined;
  }

  dispose(): void {
    this.suspend();
  }

  read(): readonly GpuDevice[] | undefined {
    return this.devices;
  }

  toolPids(): readonly number[] {
    // It lives for milliseconds: by the time that anyone looks it is gone.
    return [];
  }

  private ask(): void {
    const next = this.clock.setTimeout(() => {
      this.endTool();
      this.ask();
    }, this.intervalMs);
    this.next = next;
    if (this.tool.vacated === undefined) {
      this.run();
      return;
    }
    void this.tool.vacated.then(() => {
      if (this.next === next) this.run();
    });
  }

  private run(): void {
    let output = '';
    this.tool.open(this.ioregPath, args, {
      onLine: (line) => {
        if (output.length < maxOutputLength) output += `${line}\n`;
      },
      onEnd: (how, stderr) => {
        this.endTool();
        if (how === 'exit code 0') this.settle(parseIoreg(output));
        else this.fail(`ioreg ended with ${how} ${stderr}`.trim());
      },
    });
    this.timeLimit = this.clock.setTimeout(() => {
      this.endTool();
      this.fail(`ioreg took longer than ${timeLimitMs / 1_000} s`);
    }, timeLimitMs);
  }

  private endTool(): void {
    this.timeLimit?.dispose();
    this.tool.dispose();
  }

  private settle(devices: readonly GpuDevice[]): void {
    this.devices = devices;
    if (this.failing) {
      this.failing = false;
      this.events.onRecovered();
    }
    this.events.onReading();
  }

  private fail(message: string): void {
    this.failing = true;
    this.devices = (this.devices ?? []).map(withoutReadings);
    this.events.onError(message);
    this.events.onReading();
  }
}
