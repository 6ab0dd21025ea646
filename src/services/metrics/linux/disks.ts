import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { DiskMetrics } from '../../../shared/metrics/snapshot';
import { defined } from '../../../shared/defined';
import type { Absences } from '../absences';
import { RateMeter, sumKnown } from '../rates';
import type { Reading } from './systemFile';

/** The unit of /proc/diskstats whatever the device's own sector size (kernel, admin-guide/iostats). */
const sectorBytes = 512;

/** Bytes read from and written to the machine's disks, from /proc/diskstats. */
export class DiskActivity {
  private readonly meter = new RateMeter();
  private disks: ReadonlySet<string> = new Set();

  constructor(private readonly sysRoot: string) {}

  /** Looks again which disks there are; on a slow tier, since disks are seldom plugged in. */
  refreshDisks(): void {
    this.disks = wholeDisks(this.sysRoot);
  }

  update(
    diskstats: Reading,
    elapsedMs: number | undefined,
    absences: Absences,
  ): Pick<DiskMetrics, 'readBytesPerSec' | 'writeBytesPerSec'> {
    const paths = ['disk.readBytesPerSec', 'disk.writeBytesPerSec'];
    if ('absent' in diskstats) {
      absences.addAll(paths, diskstats.absent);
      return {};
    }
    const reads: (number | undefined)[] = [];
    const writes: (number | undefined)[] = [];
    this.meter.begin();
    for (const { name, sectorsRead, sectorsWritten } of parseDiskstats(diskstats.text)) {
      if (!this.disks.has(name)) continue;
      reads.push(this.meter.rate(`${name} read`, sectorsRead * sectorBytes, elapsedMs));
      writes.push(this.meter.rate(`${name} write`, sectorsWritten * sectorBytes, elapsedMs));
    }
    const missing = reads.length === 0 ? 'unsupported' : 'notAvailableYet';
    return defined({
      readBytesPerSec: absences.noted('disk.readBytesPerSec', sumKnown(reads), missing),
      writeBytesPerSec: absences.noted('disk.writeBytesPerSec', sumKnown(writes), missing),
    });
  }
}

export interface DiskCounters {
  readonly name: string;
  readonly sectorsRead: number;
  readonly sectorsWritten: number;
}

export function parseDiskstats(diskstats: string): DiskCounters[] {
  const counters: DiskCounters[] = [];
  for (const line of diskstats.split('\n')) {
    const fields = line.split(' ').filter((field) => field !== '');
    const name = fields[2];
    const sectorsRead = Number(fields[5]);
    const sectorsWritten = Number(fields[9]);
    if (name === undefined || !Number.isFinite(sectorsRead) || !Number.isFinite(sectorsWritten)) continue;
    counters.push({ name, sectorsRead, sectorsWritten });
  }
  return counters;
}

/**
 * Names of the disks themselves. Partitions are not listed in /sys/block; devices stacked on others (LVM, RAID,
 * encryption), loop devices and compressed memory would count the same bytes twice or bytes that reach no disk.
 */
function wholeDisks(sysRoot: string): Set<string> {
  const disks = new Set<string>();
  const blockFolder = path.join(sysRoot, 'block');
  for (const name of listFolder(blockFolder)) {
    if (/^(loop|ram|zram)\d/.test(name)) continue;
    if (listFolder(path.join(blockFolder, name, 'slaves')).length > 0) continue;
    // The kernel replaces the slash in names such as cciss/c0d0.
    disks.add(name.replaceAll('!', '/'));
  }
  return disks;
}

/** Names in a folder; none where it is missing or closed to us, which containers make a normal case. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
