import { statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '../../../shared/clock';
import { DisposableStore } from '../../../shared/disposable';
import type { DiskMetrics, MachineInfo, MachineSnapshot, OwnCost } from '../../../shared/metrics/snapshot';
import type { ProcessDemand } from '../../../shared/protocol/metricsWorker';
import { defined } from '../../../shared/defined';
import { Absences } from '../absences';
import { type Sampler, tierPeriodsMs } from '../sampler';
import { systemVolume } from '../systemVolume';
import { threadMemoryMB } from '../threadMemory';
import { Tier } from '../tier';
import { VolumeProbe, type VolumeSizes } from '../volumes';
import { BusiestProcesses } from './busiestProcesses';
import { ContainerGroup, detectContainer } from './container';
import { CpuUsage } from './cpu';
import { DiskActivity } from './disks';
import { memoryMetrics } from './memory';
import { parseMounts } from './mounts';
import { type AddressesByName, establishedConnections, NetworkActivity } from './network';
import { pageSize } from './pageSize';
import { ProcessTable } from './processes';
import { ProcessorSensors } from './sensors';
import { ReadBuffer, type Reading, readSystemFile, SystemFile } from './systemFile';

/** Enough for /proc/stat of 512 processors; it grows where a file is longer. */
const initialBufferBytes = 64 * 1_024;
/** Two samples that are closer share their rates: ticks of the kernel are 10 ms, too coarse for less. */
const minElapsedMs = 200;

export interface LinuxSamplerOptions {
  readonly clock: Clock;
  readonly procRoot?: string;
  readonly sysRoot?: string;
  readonly fileRoot?: string;
  readonly statfs?: (mount: string) => Promise<VolumeSizes>;
  readonly addresses?: () => AddressesByName;
}

/** Samples a Linux machine from /proc and /sys. Starts no process and opens next to no file at a tick. */
export class LinuxSampler implements Sampler {
  private readonly store = new DisposableStore();
  private readonly clock: Clock;
  private readonly roots: { readonly procRoot: string; readonly sysRoot: string; readonly fileRoot: string };
  private readonly buffer = new ReadBuffer(initialBufferBytes);
  private readonly files: Record<
    'stat' | 'meminfo' | 'diskstats' | 'netDev' | 'snmp' | 'loadavg' | 'schedstat',
    SystemFile
  >;
  private readonly tiers = {
    volumes: new Tier(tierPeriodsMs.volumes),
    interfaces: new Tier(tierPeriodsMs.interfaces),
    sensors: new Tier(tierPeriodsMs.sensors),
    disks: new Tier(tierPeriodsMs.disks),
    container: new Tier(tierPeriodsMs.container),
  };
  private readonly cpu = new CpuUsage();
  private readonly disks: DiskActivity;
  private readonly network: NetworkActivity;
  private readonly processes: BusiestProcesses;
  private readonly sensors: ProcessorSensors;
  private readonly volumes: VolumeProbe;
  private readonly container: ContainerGroup | undefined;
  private hostname = os.hostname();
  private previousMs: number | undefined;
  private previousCpuNs: number | undefined;
  private latest: MachineSnapshot | undefined;

  constructor(options: LinuxSamplerOptions) {
    const { clock, procRoot = '/proc', sysRoot = '/sys', fileRoot = '/' } = options;
    this.clock = clock;
    this.roots = { procRoot, sysRoot, fileRoot };
    const open = (name: string, untilMark?: string): SystemFile =>
      this.store.add(new SystemFile(path.join(procRoot, name), this.buffer, untilMark));
    this.files = {
      // The counts of interrupts, which follow the processors, are by far the longest part.
      stat: open('stat', '\nintr'),
      meminfo: open('meminfo'),
      diskstats: open('diskstats'),
      netDev: open('net/dev'),
      snmp: open('net/snmp'),
      loadavg: open('loadavg'),
      schedstat: open('thread-self/schedstat'),
    };
    this.disks = new DiskActivity(sysRoot);
    this.network = new NetworkActivity(sysRoot, options.addresses ?? (() => os.networkInterfaces()));
    this.processes = new BusiestProcesses(new ProcessTable(procRoot, this.buffer, pageSize(procRoot)), clock);
    this.sensors = new ProcessorSensors(sysRoot);
    this.sensors.discover();
    this.volumes = this.store.add(new VolumeProbe(options.statfs ?? ((mount) => statfs(mount)), clock));
    const runtime = detectContainer(this.roots);
    this.container = runtime === undefined ? undefined : new ContainerGroup(runtime, this.roots);
  }

  sample(processes: ProcessDemand): MachineSnapshot {
    const nowMs = this.clock.monotonicMs();
    const elapsedMs = this.previousMs === undefined ? undefined : nowMs - this.previousMs;
    if (elapsedMs !== undefined && elapsedMs < minElapsedMs && this.latest !== undefined) return this.latest;
    this.previousMs = nowMs;

    const timestamp = new Date(this.clock.now()).toISOString();
    const absences = new Absences();
    const netDev = this.files.netDev.read();
    this.takeTurns(nowMs, timestamp, netDev);

    this.latest = defined({
      timestamp,
      elapsedMs,
      machine: this.machine(),
      cpu: {
        ...this.cpu.update(this.files.stat.read(), absences),
        ...this.loadAverage(absences),
        ...this.sensors.current(absences),
      },
      memory: memoryMetrics(this.files.meminfo.read(), absences),
      disk: this.disk(elapsedMs, absences),
      network: {
        ...this.network.update(netDev, elapsedMs, absences),
        ...defined({ connections: establishedConnections(this.files.snmp.read(), absences) }),
      },
      processes: this.busiest(processes, nowMs, timestamp, absences),
      sentinel: this.ownCost(elapsedMs, absences),
      absent: absences.figures,
    });
    return this.latest;
  }

  dispose(): void {
    this.store.dispose();
  }

  private takeTurns(nowMs: number, timestamp: string, netDev: Reading): void {
    if (this.tiers.disks.takeTurn(nowMs)) this.disks.refreshDisks();
    if (this.tiers.interfaces.takeTurn(nowMs)) {
      this.hostname = os.hostname();
      this.network.refreshInterfaces(netDev, timestamp);
    }
    if (this.tiers.sensors.takeTurn(nowMs)) this.sensors.refresh(timestamp);
    if (this.tiers.container.takeTurn(nowMs)) this.container?.refresh();
    if (this.tiers.volumes.takeTurn(nowMs)) {
      const mountinfo = readSystemFile(path.join(this.roots.procRoot, 'self/mountinfo'));
      if ('text' in mountinfo) void this.volumes.refresh(parseMounts(mountinfo.text));
    }
  }

  private machine(): MachineInfo {
    return defined({
      hostname: this.hostname,
      platform: 'linux',
      container: this.container?.read(),
    });
  }

  private loadAverage(absences: Absences): { loadAverage?: [number, number, number] } {
    const reading = this.files.loadavg.read();
    const [one, five, fifteen] = 'text' in reading ? reading.text.split(' ').slice(0, 3).map(Number) : [];
    const isLoad = (value: number | undefined): value is number =>
      value !== undefined && Number.isFinite(value) && value >= 0;
    if (!isLoad(one) || !isLoad(five) || !isLoad(fifteen)) {
      absences.add('cpu.loadAverage', 'absent' in reading ? reading.absent : 'failed');
      return {};
    }
    return { loadAverage: [one, five, fifteen] };
  }

  private disk(elapsedMs: number | undefined, absences: Absences): DiskMetrics {
    const reading = { volumes: [...this.volumes.current], volumesAt: this.volumes.currentAt };
    return defined({
      ...systemVolume('/', reading, absences),
      ...reading,
      ...this.disks.update(this.files.diskstats.read(), elapsedMs, absences),
    });
  }

  private busiest(
    demand: ProcessDemand,
    nowMs: number,
    timestamp: string,
    absences: Absences,
  ): MachineSnapshot['processes'] {
    return absences.noted(
      'processes',
      this.processes.current(demand, nowMs, timestamp),
      demand === 'never' ? 'notStarted' : 'notAvailableYet',
    );
  }

  /** Of this thread; what the extension host and the GPU process spend is added where it is known. */
  private ownCost(elapsedMs: number | undefined, absences: Absences): OwnCost {
    // First field: nanoseconds on a processor (kernel, scheduler/sched-stats).
    const schedstat = this.files.schedstat.read();
    const cpuNs = 'text' in schedstat ? Number(schedstat.text.split(' ')[0]) : NaN;
    const before = this.previousCpuNs;
    this.previousCpuNs = Number.isFinite(cpuNs) ? cpuNs : undefined;
    const known = before !== undefined && elapsedMs !== undefined && this.previousCpuNs !== undefined;
    const missing = 'absent' in schedstat ? schedstat.absent : 'notAvailableYet';
    return defined({
      cpuPercent: absences.noted(
        'sentinel.cpuPercent',
        known ? Math.max(0, (cpuNs - before) / 1e6 / elapsedMs) * 100 : undefined,
        missing,
      ),
      rssMB: threadMemoryMB(),
    });
  }
}
