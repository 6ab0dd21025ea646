import type { Clock } from '../../../shared/clock';
import type {
  CpuMetrics,
  DiskMetrics,
  MachineSnapshot,
  MemoryMetrics,
  NetworkMetrics,
  OwnCost,
} from '../../../shared/metrics/snapshot';
import type { ProcessDemand } from '../../../shared/protocol/metricsWorker';
import { defined } from '../../../shared/defined';
import { Absences } from '../absences';
import { clampPercent, RateMeter, sumKnown } from '../rates';
import { type Sampler, tierPeriodsMs, topProcessCount } from '../sampler';
import { systemVolume } from '../systemVolume';
import { threadMemoryMB } from '../threadMemory';
import { Tier } from '../tier';
import { VolumeProbe } from '../volumes';
import { BackgroundFigure } from './backgroundFigure';
import type { MeasuredMemory, PortableSource } from './source';

/** Two samples that are closer share their rates: processor times move in steps of 10 to 16 ms. */
const minElapsedMs = 200;

/** Periods of figures that cost a process; PowerShell takes a second of processor time to start, a tool little. */
function commandPeriodsMs(platform: string): { rates: number; rare: number } {
  return platform === 'win32' ? { rates: 30_000, rare: 120_000 } : { rates: 10_000, rare: 60_000 };
}

/** Samples any machine that Node runs on: cheap calls at every tick, programs of the system on slow tiers. */
export class PortableSampler implements Sampler {
  private readonly volumes: VolumeProbe;
  private readonly memory: BackgroundFigure<MeasuredMemory>;
  private readonly disk: BackgroundFigure<{ read: number | undefined; written: number | undefined }>;
  private readonly traffic: BackgroundFigure<Omit<NetworkMetrics, 'connections'>>;
  private readonly connections: BackgroundFigure<number>;
  private readonly temperature: BackgroundFigure<number>;
  private readonly frequency: BackgroundFigure<number>;
  private readonly processes: BackgroundFigure<NonNullable<MachineSnapshot['processes']>>;
  private readonly tiers;
  private readonly diskMeter = new RateMeter();
  private readonly trafficMeter = new RateMeter();
  private previousTimes: readonly { readonly total: number; readonly idle: number }[] = [];
  private previousMs: number | undefined;
  private previousThreadMs: number | undefined;
  private latest: MachineSnapshot | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly source: PortableSource,
  ) {
    const { rates, rare } = commandPeriodsMs(source.platform);
    this.tiers = {
      volumes: new Tier(tierPeriodsMs.volumes),
      rates: new Tier(rates),
      rare: new Tier(rare),
      processes: new Tier(rates),
    };
    const figure = <T>(ask: () => Promise<T | undefined>) => new BackgroundFigure(ask, clock);
    this.volumes = new VolumeProbe((mount) => source.statfs(mount), clock);
    this.memory = figure(() => source.measureMemory());
    this.disk = figure(() => this.measureDisk());
    this.traffic = figure(() => this.measureTraffic());
    this.connections = figure(() => source.connections());
    this.temperature = figure(() => source.temperatureC());
    this.frequency = figure(() => source.frequencyMHz());
    this.processes = figure(() => this.measureProcesses());
  }

  sample(demand: ProcessDemand): MachineSnapshot {
    const nowMs = this.clock.monotonicMs();
    const elapsedMs = this.previousMs === undefined ? undefined : nowMs - this.previousMs;
    if (elapsedMs !== undefined && elapsedMs < minElapsedMs && this.latest !== undefined) return this.latest;
    this.previousMs = nowMs;
    this.takeTurns(nowMs, demand);

    const absences = new Absences();
    this.latest = defined({
      timestamp: new Date(this.clock.now()).toISOString(),
      elapsedMs,
      machine: { hostname: this.source.hostname(), platform: this.source.platform },
      cpu: this.cpu(absences),
      memory: this.memoryMetrics(absences),
      disk: this.diskMetrics(absences),
      network: this.network(absences),
      processes: this.busiest(demand, absences),
      sentinel: this.ownCost(elapsedMs, absences),
      absent: absences.figures,
    });
    return this.latest;
  }

  dispose(): void {
    this.volumes.dispose();
  }

  private takeTurns(nowMs: number, demand: ProcessDemand): void {
    if (this.tiers.volumes.takeTurn(nowMs)) void this.refreshVolumes();
    if (this.tiers.rates.takeTurn(nowMs)) {
      if (this.source.availableMemoryMB() === undefined) this.memory.refresh();
      this.disk.refresh();
      this.traffic.refresh();
    }
    if (this.tiers.rare.takeTurn(nowMs)) {
      this.connections.refresh();
      this.temperature.refresh();
      this.frequency.refresh();
    }
    // The list costs a process: not for a tooltip, only while someone looks at it.
    if (demand === 'everyTick' && this.tiers.processes.takeTurn(nowMs)) this.processes.refresh();
  }

  private async refreshVolumes(): Promise<void> {
    await this.volumes.refresh(await this.source.volumes().catch(() => []));
  }

  private busiest(demand: ProcessDemand, absences: Absences): MachineSnapshot['processes'] {
    if (demand === 'everyTick') return known(this.processes, 'processes', absences);
    absences.add('processes', 'notStarted');
    return undefined;
  }

  private cpu(absences: Absences): CpuMetrics {
    const times = this.source.processorTimes();
    const before = this.previousTimes;
    this.previousTimes = times;
    const cores = times.map((now, index) => busyPercent(before[index], now));
    const measured = cores.filter((percent) => percent !== undefined);
    const complete = measured.length === cores.length && cores.length > 0;
    return defined({
      percent: absences.noted(
        'cpu.percent',
        complete ? measured.reduce((sum, percent) => sum + percent, 0) / measured.length : undefined,
        'notAvailableYet',
      ),
      cores: absences.noted('cpu.cores', complete ? measured : undefined, 'notAvailableYet'),
      count: times.length,
      loadAverage: absences.noted('cpu.loadAverage', this.source.loadAverage(), 'unsupported'),
      temperatureC: known(this.temperature, 'cpu.temperatureC', absences),
      frequencyMHz: known(this.frequency, 'cpu.frequencyMHz', absences),
      sensorsAt: earlier(this.temperature.answer?.at, this.frequency.answer?.at),
    });
  }

  private memoryMetrics(absences: Absences): MemoryMetrics {
    const totalMB = this.source.totalMemoryMB();
    const measured = this.memory.answer?.value;
    const availableMB = this.source.availableMemoryMB() ?? measured?.availableMB;
    const usedMB = availableMB === undefined ? undefined : Math.max(0, totalMB - availableMB);
    // An answer may lack one of its figures.
    const missing = this.memory.answer === undefined ? this.memory.absence : 'failed';
    // Where the system's own call gives the available memory, no program is started for the swap alone.
    const swap = this.source.availableMemoryMB() === undefined ? missing : 'unsupported';
    return defined({
      totalMB,
      usedMB: absences.noted('memory.usedMB', usedMB, missing),
      availableMB: absences.noted('memory.availableMB', availableMB, missing),
      percent: absences.noted(
        'memory.percent',
        usedMB === undefined ? undefined : clampPercent((100 * usedMB) / totalMB),
        missing,
      ),
      swapTotalMB: absences.noted('memory.swapTotalMB', measured?.swapTotalMB, swap),
      swapUsedMB: absences.noted('memory.swapUsedMB', measured?.swapUsedMB, swap),
    });
  }

  private diskMetrics(absences: Absences): DiskMetrics {
    const system = this.source.systemVolume();
    // Drive letters without a drive behind them are no volumes.
    const volumes = this.volumes.current.filter(
      ({ mount, absent }) => mount === system || absent !== 'unsupported',
    );
    const reading = { volumes, volumesAt: this.volumes.currentAt };
    const rates = this.disk.answer?.value;
    const missing = this.disk.answer === undefined ? this.disk.absence : 'notAvailableYet';
    return defined({
      ...systemVolume(system, reading, absences),
      ...reading,
      readBytesPerSec: absences.noted('disk.readBytesPerSec', rates?.read, missing),
      writeBytesPerSec: absences.noted('disk.writeBytesPerSec', rates?.written, missing),
      ratesAt: rates?.read === undefined && rates?.written === undefined ? undefined : this.disk.answer?.at,
    });
  }

  private network(absences: Absences): NetworkMetrics {
    const measured = this.traffic.answer?.value;
    const missing = this.traffic.answer === undefined ? this.traffic.absence : 'notAvailableYet';
    if (measured === undefined) absences.add('network.interfaces', missing);
    return defined({
      interfaces: measured?.interfaces ?? [],
      interfacesAt: measured?.interfacesAt,
      rxBytesPerSec: absences.noted('network.rxBytesPerSec', measured?.rxBytesPerSec, missing),
      txBytesPerSec: absences.noted('network.txBytesPerSec', measured?.txBytesPerSec, missing),
      ratesAt:
        measured?.rxBytesPerSec === undefined && measured?.txBytesPerSec === undefined
          ? undefined
          : this.traffic.answer?.at,
      connections: known(this.connections, 'network.connections', absences),
      connectionsAt: this.connections.answer?.at,
    });
  }

  private ownCost(elapsedMs: number | undefined, absences: Absences): OwnCost {
    const threadMs = this.source.threadCpuMs();
    const before = this.previousThreadMs;
    this.previousThreadMs = threadMs;
    const spentMs = threadMs !== undefined && before !== undefined ? threadMs - before : undefined;
    return defined({
      cpuPercent: absences.noted(
        'sentinel.cpuPercent',
        spentMs !== undefined && elapsedMs !== undefined ? (100 * spentMs) / elapsedMs : undefined,
        threadMs === undefined ? 'unsupported' : 'notAvailableYet',
      ),
      rssMB: threadMemoryMB(),
    });
  }

  private async measureDisk(): Promise<
    { read: number | undefined; written: number | undefined } | undefined
  > {
    const counters = await this.source.diskCounters();
    if (counters === undefined) return undefined;
    const elapsedMs = this.sinceLast(this.disk);
    this.diskMeter.begin();
    return {
      read: this.diskMeter.rate('read', counters.readBytes, elapsedMs),
      written: this.diskMeter.rate('written', counters.writtenBytes, elapsedMs),
    };
  }

  private async measureTraffic(): Promise<Omit<NetworkMetrics, 'connections'> | undefined> {
    const all = await this.source.traffic();
    if (all === undefined) return undefined;
    const elapsedMs = this.sinceLast(this.traffic);
    this.trafficMeter.begin();
    const rows = all.map(({ name, up, address, rxBytes, txBytes, internal, virtual }) => ({
      internal,
      virtual,
      metrics: defined({
        name,
        up,
        address,
        rxBytesPerSec: this.trafficMeter.rate(`${name} rx`, rxBytes, elapsedMs),
        txBytesPerSec: this.trafficMeter.rate(`${name} tx`, txBytes, elapsedMs),
      }),
    }));
    const outside = rows.filter(({ internal }) => !internal);
    const devices = outside.filter(({ virtual }) => !virtual);
    const counted = (devices.length > 0 ? devices : outside).map(({ metrics }) => metrics);
    return defined({
      interfaces: rows.map(({ metrics }) => metrics),
      interfacesAt: new Date(this.clock.now()).toISOString(),
      rxBytesPerSec: sumKnown(counted.map(({ rxBytesPerSec }) => rxBytesPerSec)),
      txBytesPerSec: sumKnown(counted.map(({ txBytesPerSec }) => txBytesPerSec)),
    });
  }

  private async measureProcesses(): Promise<MachineSnapshot['processes']> {
    const running = await this.source.processes();
    if (running === undefined) return undefined;
    const busiest = [...running.list].sort((a, b) => b.cpuPercent - a.cpuPercent || b.rssMB - a.rssMB);
    return {
      count: running.count,
      top: busiest.slice(0, topProcessCount),
      sampledAt: new Date(this.clock.now()).toISOString(),
    };
  }

  private sinceLast(figure: { readonly answer: { readonly atMs: number } | undefined }): number | undefined {
    return figure.answer === undefined ? undefined : this.clock.monotonicMs() - figure.answer.atMs;
  }
}

/** The figure's last answer; notes why there is none. */
function known<T>(figure: BackgroundFigure<T>, path: string, absences: Absences): T | undefined {
  return absences.noted(path, figure.answer?.value, figure.absence);
}

/** Of two figures in one group, the time of the older: neither is older than that. */
function earlier(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

function busyPercent(
  before: { readonly total: number; readonly idle: number } | undefined,
  now: { readonly total: number; readonly idle: number },
): number | undefined {
  if (before === undefined) return undefined;
  const total = now.total - before.total;
  return total > 0 ? clampPercent(100 - (100 * (now.idle - before.idle)) / total) : undefined;
}
