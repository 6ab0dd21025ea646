import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { ProcessesMetrics, ProcessMetrics } from '../../../shared/metrics/snapshot';
import { bytesPerMB } from '../../../shared/units';
import { listFolder } from './disks';
import { type ProgramName, programName } from './programName';
import { type ReadBuffer, readSystemFile } from './systemFile';

/** Ticks a second of the times in /proc/PID/stat: USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

export interface ProcessStat {
  readonly pid: number;
  readonly name: string;
  readonly cpuTicks: number;
  /** Ticks after boot; with the pid it tells a process from a later one that got the same number. */
  readonly startTicks: number;
  readonly residentPages: number;
}

/** The busiest processes since the previous turn, from /proc/PID/stat (proc_pid_stat(5)). */
export class ProcessTable {
  private previous = new Map<number, ProcessStat>();
  private previousMs: number | undefined;

  constructor(
    private readonly procRoot: string,
    private readonly buffer: ReadBuffer,
    private readonly pageBytes: number,
  ) {}

  /**
   * @param nowMs of a monotonic clock
   * @returns undefined in the first turn, which only notes where each process stands
   */
  update(nowMs: number, timestamp: string, topCount: number): ProcessesMetrics | undefined {
    const current = this.readAll();
    const elapsedMs = this.previousMs === undefined ? 0 : nowMs - this.previousMs;
    const previous = this.previous;
    this.previous = current;
    this.previousMs = nowMs;
    // A machine without any process is one whose /proc is closed to us.
    if (elapsedMs <= 0 || current.size === 0) return undefined;

    const rows: ProcessMetrics[] = [];
    for (const now of current.values()) {
      const before = previous.get(now.pid);
      const known = before?.startTicks === now.startTicks ? before.cpuTicks : 0;
      rows.push({
        pid: now.pid,
        name: now.name,
        // The kernel's sums of the two times may go back by a tick.
        cpuPercent: (Math.max(0, now.cpuTicks - known) * 1_000 * 100) / ticksPerSecond / elapsedMs,
        rssMB: (now.residentPages * this.pageBytes) / bytesPerMB,
      });
    }
    rows.sort((a, b) => b.cpuPercent - a.cpuPercent || b.rssMB - a.rssMB);
    const top = rows.slice(0, topCount).map((row) => ({ ...row, ...this.nameOf(row) }));
    return { count: rows.length, top, sampledAt: timestamp };
  }

  /** Forgets the previous turn, after a time in which nobody looked. */
  reset(): void {
    this.previous.clear();
    this.previousMs = undefined;
  }

  /** The name that people know a process by; read for the rows that are shown alone. */
  private nameOf({ pid, name }: ProcessMetrics): ProgramName {
    const commandLine = readSystemFile(path.join(this.procRoot, String(pid), 'cmdline'));
    return programName(name, 'text' in commandLine ? commandLine.text : '');
  }

  private readAll(): Map<number, ProcessStat> {
    const stats = new Map<number, ProcessStat>();
    for (const name of listFolder(this.procRoot)) {
      if (!/^[1-9]\d*$/.test(name)) continue;
      const stat = this.readOne(`${this.procRoot}/${name}/stat`);
      if (stat !== undefined) stats.set(stat.pid, stat);
    }
    return stats;
  }

  /** @returns undefined for a process that ended meanwhile */
  private readOne(file: string): ProcessStat | undefined {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(file, 'r');
      const { bytes } = this.buffer;
      const length = readSync(descriptor, bytes, 0, bytes.length, 0);
      return parseProcessStat(bytes.toString('utf8', 0, length));
    } catch {
      return undefined;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

/** Parses /proc/PID/stat. The name stands in parentheses and may itself hold spaces, parentheses and newlines. */
export function parseProcessStat(stat: string): ProcessStat | undefined {
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  // Field 3 of the manual, the state, is the first one after the name.
  const fields = stat.slice(close + 2).split(' ', 22);
  const pid = Number(stat.slice(0, open));
  const cpuTicks = Number(fields[11]) + Number(fields[12]);
  const startTicks = Number(fields[19]);
  const residentPages = Math.max(0, Number(fields[21]));
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (![cpuTicks, startTicks, residentPages].every(Number.isFinite)) return undefined;
  return { pid, name: stat.slice(open + 1, close), cpuTicks, startTicks, residentPages };
}
