import { readText } from './providers/sysfsFile';

/** Linux counts processor time for `/proc` in hundredths of a second on every architecture. */
const msPerTick = 10;

/**
 * What this process and the tools that it keeps running cost, as far as the system tells: on Linux the tools'
 * share comes from `/proc`, elsewhere it is missing.
 */
export class ProcessCost {
  private endedToolsCpuMs = 0;
  private readonly toolsCpuMs = new Map<number, number>();

  constructor(private readonly procRoot: string) {}

  measure(toolPids: readonly number[]): { readonly cpuMs: number; readonly rssMB: number } {
    const { user, system } = process.cpuUsage();
    let rssMB = process.memoryUsage.rss() / (1024 * 1024);
    for (const [pid, cpuMs] of this.toolsCpuMs) {
      if (toolPids.includes(pid)) continue;
      this.endedToolsCpuMs += cpuMs;
      this.toolsCpuMs.delete(pid);
    }
    for (const pid of toolPids) {
      const tool = this.measureTool(pid);
      if (tool === undefined) continue;
      this.toolsCpuMs.set(pid, tool.cpuMs);
      rssMB += tool.rssMB;
    }
    const toolsCpuMs = [...this.toolsCpuMs.values()].reduce(
      (sum, cpuMs) => sum + cpuMs,
      this.endedToolsCpuMs,
    );
    return { cpuMs: Math.round((user + system) / 1_000 + toolsCpuMs), rssMB: Math.round(rssMB * 10) / 10 };
  }

  private measureTool(pid: number): { readonly cpuMs: number; readonly rssMB: number } | undefined {
    const stat = readText(`${this.procRoot}/${pid}/stat`);
    const status = readText(`${this.procRoot}/${pid}/status`);
    if (stat === undefined || status === undefined) return undefined;
    // The name stands in parentheses and may hold anything; what follows the last one is numbers, from field 3 on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const rssKB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    return Number.isFinite(ticks) ? { cpuMs: ticks * msPerTick, rssMB: rssKB / 1_024 } : undefined;
  }
}
