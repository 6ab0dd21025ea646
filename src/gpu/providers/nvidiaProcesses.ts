import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { GpuDevice } from '../../shared/gpu/gpu';
import { maxGpuProcesses } from '../../shared/protocol/gpuLines';
import {
  classifyFailure,
  type NvidiaProcess,
  parseHeader,
  parseRow,
  processFields,
  processOfRow,
} from './nvidiaTables';
import { byMemory } from './processOrder';
import type { ToolSlot } from './toolSlot';

const roundPauseMs = 300;
const retryMs = 60_000;

/**
 * Compute processes and their memory, from one `nvidia-smi --query-compute-apps` that runs on.
 *
 * Weighed against `pmon` (four to sixteen cards only, by index instead of UUID, 10 s at most, names cut off) and
 * `-q -x -l` (one process for all, but each round asks the driver for everything that it has, tens of kilobytes
 * of XML a card): fields by name, any number of cards, any interval, and nothing asked that is not shown. What
 * it leaves out are processes that only draw.
 *
 * A round without a process prints nothing, so that rows count for one and a half intervals.
 */
export class NvidiaProcesses {
  private fields = processFields;
  private intervalMs = 0;
  private file = '';
  private retry: Disposable | undefined;
  private roundEnd: Disposable | undefined;
  private columns: readonly string[] | undefined;
  private round = new Map<string, NvidiaProcess>();
  private latest: readonly NvidiaProcess[] = [];
  private latestAtMs = 0;
  private said = '';
  private readonly names = new Map<number, string>();

  constructor(
    private readonly clock: Clock,
    private readonly processName: (pid: number) => string | undefined,
    private readonly tool: ToolSlot,
  ) {}

  get pid(): number | undefined {
    return this.tool.pid;
  }

  /** Starts the loop; does nothing while it runs. Asked again with each round of the cards. */
  start(file: string, intervalMs: number): void {
    if (this.tool.isOccupied || this.retry !== undefined) return;
    this.file = file;
    this.intervalMs = intervalMs;
    this.launch();
  }

  suspend(): void {
    this.tool.dispose();
    this.retry?.dispose();
    this.retry = undefined;
    this.roundEnd?.dispose();
    this.roundEnd = undefined;
    this.columns = undefined;
    this.round.clear();
    this.latest = [];
  }

  /** The devices with their processes; without, until the loop has answered. */
  addTo(devices: readonly GpuDevice[]): readonly GpuDevice[] {
    if (this.columns === undefined) return devices;
    const fresh = this.clock.monotonicMs() - this.latestAtMs <= 1.5 * this.intervalMs + roundPauseMs;
    const processes = fresh ? this.latest : [];
    return devices.map((device) => ({
      ...device,
      processes: processes
        // Slices of a partitioned card have ids of their own; with one card there is no doubt whose they are.
        .filter(
          ({ deviceId }) => deviceId === device.id || (devices.length === 1 && deviceId.startsWith('MIG-')),
        )
        .map(({ pid, name, memoryMB }) => ({ pid, name: name ?? this.nameOf(pid), memoryMB }))
        .sort(byMemory)
        .slice(0, maxGpuProcesses),
    }));
  }

  private nameOf(pid: number): string {
    let name = this.names.get(pid);
    if (name === undefined) {
      // Bounded; a process whose name is forgotten is looked up again.
      if (this.names.size > 1_000) this.names.clear();
      name = this.processName(pid) ?? '';
      this.names.set(pid, name);
    }
    return name;
  }

  private launch(): void {
    this.retry = undefined;
    // The next round of the cards asks again.
    if (this.tool.vacated !== undefined) return;
    this.said = '';
    const args = [
      `--query-compute-apps=${this.fields.join(',')}`,
      '--format=csv,nounits',
      `--loop-ms=${this.intervalMs}`,
    ];
    this.tool.open(this.file, args, {
      onLine: (line) => {
        this.onLine(line);
      },
      onEnd: (how, stderr) => {
        this.onEnd(how, stderr);
      },
    });
  }

  private onLine(line: string): void {
    const columns = parseHeader(line, this.fields);
    if (columns !== undefined) {
      this.columns = columns;
      return;
    }
    const row = this.columns && parseRow(line, this.columns);
    const process = row && processOfRow(row);
    if (process === undefined) {
      if (this.said.length < 4_000) this.said += `${line}\n`;
      return;
    }
    const key = `${process.deviceId} ${process.pid}`;
    if (this.round.has(key)) this.completeRound();
    this.round.set(key, process);
    this.roundEnd ??= this.clock.setTimeout(() => {
      this.completeRound();
    }, roundPauseMs);
  }

  private completeRound(): void {
    this.roundEnd?.dispose();
    this.roundEnd = undefined;
    this.latest = [...this.round.values()];
    this.latestAtMs = this.clock.monotonicMs();
    this.round.clear();
  }

  private onEnd(how: string, stderr: string): void {
    const failure = classifyFailure(`${this.said}\n${stderr}`, how);
    this.suspend();
    if (failure.kind === 'unknownField' && this.fields.includes(failure.field)) {
      this.fields = this.fields.filter((field) => field !== failure.field);
      this.launch();
      return;
    }
    // The cards' own figures go on; their processes are missing meanwhile.
    this.retry = this.clock.setTimeout(() => {
      this.launch();
    }, retryMs);
  }
}
