import type { MemoryMetrics } from '../../../shared/metrics/snapshot';
import { defined } from '../../../shared/defined';
import type { Absences } from '../absences';
import type { Reading } from './systemFile';

const figures = [
  'memory.totalMB',
  'memory.usedMB',
  'memory.availableMB',
  'memory.percent',
  'memory.swapTotalMB',
  'memory.swapUsedMB',
];

/** Memory from /proc/meminfo (proc_meminfo(5)): used is total − MemAvailable, as the system's monitors show it. */
export function memoryMetrics(meminfo: Reading, absences: Absences): MemoryMetrics {
  if ('absent' in meminfo) {
    absences.addAll(figures, meminfo.absent);
    return {};
  }
  const sizes = parseMeminfo(meminfo.text);
  const totalMB = sizes.get('MemTotal');
  const availableMB = sizes.get('MemAvailable');
  const usedMB = difference(totalMB, availableMB);
  return defined({
    totalMB: absences.noted('memory.totalMB', totalMB, 'failed'),
    // Kernels before 3.14 have no MemAvailable; what they offer instead would be a guess.
    usedMB: absences.noted('memory.usedMB', usedMB, 'unsupported'),
    availableMB: absences.noted('memory.availableMB', availableMB, 'unsupported'),
    percent: absences.noted(
      'memory.percent',
      usedMB !== undefined && totalMB ? (100 * usedMB) / totalMB : undefined,
      'unsupported',
    ),
    swapTotalMB: absences.noted('memory.swapTotalMB', sizes.get('SwapTotal'), 'unsupported'),
    swapUsedMB: absences.noted(
      'memory.swapUsedMB',
      difference(sizes.get('SwapTotal'), sizes.get('SwapFree')),
      'unsupported',
    ),
  });
}

/** @returns sizes in MiB by their names in /proc/meminfo */
function parseMeminfo(meminfo: string): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const match of meminfo.matchAll(/^(MemTotal|MemAvailable|SwapTotal|SwapFree):\s+(\d+) kB\r?$/gm)) {
    const [, name, kilobytes] = match;
    const sizeMB = Number(kilobytes) / 1_024;
    if (name !== undefined && Number.isFinite(sizeMB)) sizes.set(name, sizeMB);
  }
  return sizes;
}

function difference(total: number | undefined, rest: number | undefined): number | undefined {
  return total !== undefined && rest !== undefined ? Math.max(0, total - rest) : undefined;
}
