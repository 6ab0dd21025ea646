import { SilenceTimer } from '../../shared/silenceTimer';
import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { GpuDevice } from '../../shared/gpu/gpu';
import { RestartPolicy } from '../restartPolicy';
import { withoutReadings } from './metrics';
import { NvidiaProcesses } from './nvidiaProcesses';
import {
  classifyFailure,
  deviceFields,
  deviceOfRow,
  type NvidiaRow,
  parseHeader,
  parseRow,
} from './nvidiaTables';
import type { GpuProvider, GpuProviderEvents } from './provider';
import type { StartTool } from './toolLoop';
import { ToolSlot } from './toolSlot';

export interface NvidiaOptions {
  /** The path of `nvidia-smi`, or undefined while there is none; asked again from time to time. Never rejects. */
  findTool(): Promise<string | undefined>;
  /** Changes when cards come or go; undefined where the system does not tell cheaply. */
  pciFingerprint(): string | undefined;
  /** Whether a card of NVIDIA is plugged in; undefined where the system does not tell. */
  hasCard(): boolean | undefined;
  /** The name of a process that the tool could not see. */
  processName(pid: number): string | undefined;
  readonly probeMs: number;
  readonly limits?: Partial<NvidiaLimits>;
  readonly startTool?: StartTool;
}

export interface NvidiaLimits {
  /** Rows of one round that come without a count are complete after a pause this long. */
  readonly roundPauseMs: number;
  /** Without a row for this long, or four intervals, the tool hangs. */
  readonly silenceMs: number;
  /** Until a tool that found no card, or cannot talk to its driver, is asked again. */
  readonly slowRetryMs: number;
  readonly firstRetryMs: number;
  /** How long a tool that was killed may take to be gone. */
  readonly leaveMs: number;
}

const defaultLimits: NvidiaLimits = {
  roundPauseMs: 300,
  silenceMs: 20_000,
  slowRetryMs: 300_000,
  firstRetryMs: 2_000,
  leaveMs: 5_000,
};

/**
 * NVIDIA cards through one `nvidia-smi --query-gpu` that runs on and prints a table row per card and interval.
 * Processes come from a second such loop (see `NvidiaProcesses`).
 */
export class NvidiaProvider implements GpuProvider {
  readonly name = 'nvidia';
  private readonly limits: NvidiaLimits;
  private readonly retries: RestartPolicy;
  private readonly processes: NvidiaProcesses;
  private fields = deviceFields;
  private intervalMs = 0;
  private readonly tool: ToolSlot;
  private silence: SilenceTimer | undefined;
  private retry: Disposable | undefined;
  /** Set while the tool is looked for; another value, or none, tells a late answer that nobody waits for it. */
  private search: object | undefined;
  private roundEnd: Disposable | undefined;
  private columns: readonly string[] | undefined;
  private round = new Map<string, GpuDevice>();
  /** What the tool printed besides its table: why it ended. */
  private said = '';
  private firstRowMs: number | undefined;
  private lastRowMs = 0;
  private devices: readonly GpuDevice[] | undefined;
  private failing = false;
  private fingerprint: string | undefined;

  constructor(
    private readonly options: NvidiaOptions,
    private readonly clock: Clock,
    random: () => number,
    private readonly events: GpuProviderEvents,
  ) {
    this.limits = { ...defaultLimits, ...options.limits };
    this.retries = new RestartPolicy(random, {
      firstDelayMs: this.limits.firstRetryMs,
      maxDelayMs: 60_000,
      healthyMs: 60_000,
      jitter: 0.25,
    });
    this.tool = new ToolSlot(options.startTool);
    this.processes = new NvidiaProcesses(
      clock,
      (pid) => options.processName(pid),
      new ToolSlot(options.startTool),
    );
  }

  start(intervalMs: number): void {
    const running = this.tool.isOccupied || this.retry !== undefined || this.search !== undefined;
    if (running && intervalMs === this.intervalMs) return;
    this.suspend();
    this.intervalMs = intervalMs;
    this.launch();
  }

  suspend(): void {
    this.endTool();
    this.retry?.dispose();
    this.retry = undefined;
    this.search = undefined;
    this.processes.suspend();
    // What was measured before a pause is not the present after it.
    this.devices = undefined;
  }

  dispose(): void {
    this.suspend();
  }

  read(): readonly GpuDevice[] | undefined {
    // A card that was plugged in is worth an attempt at once.
    if (this.fingerprint !== undefined && this.retry !== undefined) {
      if (this.options.pciFingerprint() !== this.fingerprint) {
        this.retry.dispose();
        this.launch();
      }
    }
    if (this.devices === undefined) return undefined;
    if (this.failing) return this.devices;
    // The tool may be late long before it counts as hanging; what it said then is not the present.
    const late = this.clock.monotonicMs() - this.lastRowMs > 3 * this.intervalMs;
    return late ? this.devices.map(withoutReadings) : this.processes.addTo(this.devices);
  }

  toolPids(): readonly number[] {
    return [this.tool.pid, this.processes.pid].filter((pid) => pid !== undefined);
  }

  private launch(): void {
    this.retry = undefined;
    this.fingerprint = undefined;
    const search = {};
    this.search = search;
    const { vacated } = this.tool;
    if (vacated !== undefined) {
      void vacated.then(() => {
        if (this.search !== search) return;
        this.retry?.dispose();
        this.launch();
      });
      this.retry = this.clock.setTimeout(() => {
        this.fail('nvidia-smi was ended and does not go away', this.limits.slowRetryMs);
      }, this.limits.leaveMs);
      return;
    }
    void this.options.findTool().then((file) => {
      if (this.search !== search) return;
      this.search = undefined;
      if (file !== undefined) {
        this.run(file);
        return;
      }
      this.settle([]);
      this.launchIn(this.options.probeMs);
      this.events.onReading();
    });
  }

  private run(file: string): void {
    this.columns = undefined;
    this.said = '';
    this.firstRowMs = undefined;
    const args = [
      `--query-gpu=${this.fields.join(',')}`,
      '--format=csv,nounits',
      `--loop-ms=${this.intervalMs}`,
    ];
    this.tool.open(file, args, {
      onLine: (line) => {
        this.onLine(line, file);
      },
      onEnd: (how, stderr) => {
        this.onEnd(how, stderr);
      },
    });
    const silenceMs = Math.max(this.limits.silenceMs, 4 * this.intervalMs);
    this.silence = new SilenceTimer(this.clock, silenceMs, (silentMs) => {
      this.fail(`nvidia-smi gave no figures for ${Math.round(silentMs / 1_000)} s`);
    });
  }

  private launchIn(delayMs: number): void {
    this.retry = this.clock.setTimeout(() => {
      this.launch();
    }, delayMs);
  }

  private endTool(): void {
    this.tool.dispose();
    this.silence?.dispose();
    this.roundEnd?.dispose();
    this.roundEnd = undefined;
    this.round.clear();
  }

  private onLine(line: string, file: string): void {
    const columns = parseHeader(line, this.fields);
    if (columns !== undefined) {
      this.columns = columns;
      return;
    }
    const row = this.columns && parseRow(line, this.columns);
    const device = row && deviceOfRow(row);
    if (row === undefined || device === undefined) {
      if (this.said.length < 4_000) this.said += `${line}\n`;
      return;
    }
    this.lastRowMs = this.clock.monotonicMs();
    this.firstRowMs ??= this.lastRowMs;
    this.silence?.heard();
    if (this.round.has(device.id)) this.completeRound(file);
    this.round.set(device.id, device);
    if (this.round.size >= countOf(row)) {
      this.completeRound(file);
    } else {
      this.roundEnd ??= this.clock.setTimeout(() => {
        this.completeRound(file);
      }, this.limits.roundPauseMs);
    }
  }

  private completeRound(file: string): void {
    this.roundEnd?.dispose();
    this.roundEnd = undefined;
    this.settle([...this.round.values()]);
    this.round.clear();
    // Only now, so that a driver that does not answer is asked once, not twice.
    this.processes.start(file, this.intervalMs);
    this.events.onReading();
  }

  /** Takes `devices` for an answer. */
  private settle(devices: readonly GpuDevice[]): void {
    this.devices = devices;
    if (!this.failing) return;
    this.failing = false;
    this.events.onRecovered();
  }

  private onEnd(how: string, stderr: string): void {
    const failure = classifyFailure(`${this.said}\n${stderr}`, how);
    switch (failure.kind) {
      case 'unknownField':
        if (!this.fields.includes(failure.field)) {
          this.fail(`nvidia-smi knows no field "${failure.field}"`);
          return;
        }
        // An older driver: without the field, its metric is unsupported.
        this.fields = this.fields.filter((field) => field !== failure.field);
        this.endTool();
        this.launch();
        return;
      case 'noDevices':
        this.noCard();
        return;
      case 'noDriver':
        // The tool is installed and no card is: a normal machine.
        if (this.options.hasCard() === false) this.noCard();
        else this.fail(failure.message, this.limits.slowRetryMs);
        return;
      case 'mismatch':
        this.fail(failure.message, this.limits.slowRetryMs);
        return;
      case 'other':
        this.fail(failure.message);
        return;
    }
  }

  private noCard(): void {
    this.endTool();
    this.processes.suspend();
    this.settle([]);
    this.fingerprint = this.options.pciFingerprint();
    this.launchIn(this.limits.slowRetryMs);
    this.events.onReading();
  }

  private fail(message: string, delayMs?: number): void {
    this.endTool();
    this.processes.suspend();
    this.failing = true;
    this.devices = (this.devices ?? []).map(withoutReadings);
    const healthyMs = this.firstRowMs === undefined ? 0 : this.lastRowMs - this.firstRowMs;
    this.launchIn(delayMs ?? this.retries.nextDelayMs(healthyMs));
    this.events.onError(message);
    this.events.onReading();
  }
}

/** Cards that the tool counts; where it does not tell, the pause after the last row ends the round. */
function countOf(row: NvidiaRow): number {
  const count = Number(row.get('count'));
  return Number.isInteger(count) && count > 0 ? count : Infinity;
}
