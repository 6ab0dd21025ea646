import { type GpuProcess, gpuMetricValue } from '../../shared/gpu/gpu';

/** Sorts most memory first; those whose memory is not known stand last. */
export function byMemory(a: GpuProcess, b: GpuProcess): number {
  return (gpuMetricValue(b.memoryMB) ?? -1) - (gpuMetricValue(a.memoryMB) ?? -1) || a.pid - b.pid;
}
