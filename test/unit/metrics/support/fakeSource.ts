import type { MeasuredMemory, PortableSource } from '../../../../src/services/metrics/portable/source';

const never = (): Promise<never> => new Promise(() => undefined);

/** A machine whose every answer a test may change; `asked` counts what costs a program. */
export class FakeSource implements PortableSource {
  platform = 'win32';
  readonly asked: string[] = [];
  times: readonly { total: number; idle: number }[] = [{ total: 0, idle: 0 }];
  available: number | undefined = 600;
  measured: MeasuredMemory = { availableMB: 700, swapTotalMB: 10, swapUsedMB: 1 };
  counters: { readBytes: number | undefined; writtenBytes: number | undefined } = {
    readBytes: 0,
    writtenBytes: 0,
  };
  rxBytes: number | undefined = 0;
  threadMs: number | undefined = 0;
  /** What happens to questions of this name instead of an answer. */
  readonly trouble = new Map<string, 'reject' | 'never' | 'unsupported'>();

  hostname = (): string => 'made';
  processorTimes = (): readonly { total: number; idle: number }[] => this.times;
  loadAverage = (): undefined => undefined;
  totalMemoryMB = (): number => 1_000;
  availableMemoryMB = (): number | undefined => this.available;
  measureMemory: PortableSource['measureMemory'] = () => this.answer('memory', this.measured);
  volumes: PortableSource['volumes'] = () =>
    this.answer('volumes', [{ mount: 'C:\\', fs: 'NTFS', reach: 'local' as const }]).then(
      (list) => list ?? [],
    );
  statfs: PortableSource['statfs'] = () =>
    this.answer('statfs', { bsize: 1_024, blocks: 2_048, bfree: 1_024, bavail: 1_024 }).then((sizes) => {
      if (sizes === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      return sizes;
    });
  systemVolume = (): string => 'C:\\';
  diskCounters: PortableSource['diskCounters'] = () => this.answer('disk', this.counters);
  traffic: PortableSource['traffic'] = () =>
    this.answer('traffic', [
      { name: 'lo', up: true, rxBytes: this.rxBytes, txBytes: 0, internal: true, virtual: false },
      { name: 'Ethernet', up: true, rxBytes: this.rxBytes, txBytes: 0, internal: false, virtual: false },
      { name: 'VPN', up: true, rxBytes: this.rxBytes, txBytes: 0, internal: false, virtual: true },
    ]);
  connections: PortableSource['connections'] = () => this.answer('connections', 5);
  temperatureC: PortableSource['temperatureC'] = () => this.answer('temperature', 50);
  frequencyMHz: PortableSource['frequencyMHz'] = () => this.answer('frequency', 3_000);
  processes: PortableSource['processes'] = () =>
    this.answer('processes', {
      count: 2,
      list: [
        { pid: 1, name: 'idle', cpuPercent: 0, rssMB: 1 },
        { pid: 2, name: 'busy', cpuPercent: 90, rssMB: 1 },
      ],
    });
  threadCpuMs = (): number | undefined => this.threadMs;

  private answer<T>(name: string, value: T): Promise<T | undefined> {
    this.asked.push(name);
    switch (this.trouble.get(name)) {
      case 'reject':
        return Promise.reject(new Error(name));
      case 'never':
        return never();
      case 'unsupported':
        return Promise.resolve(undefined);
      case undefined:
        return Promise.resolve(value);
    }
  }
}
