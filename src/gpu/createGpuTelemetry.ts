import path from 'node:path';
import type { Clock } from '../shared/clock';
import type { Logger } from '../shared/logger';
import type { StartGpuChild } from './gpuChild';
import { GpuService } from './gpuService';
import { GpuTelemetry, type GpuTelemetrySettings } from './gpuTelemetry';
import { gpuChildStarter } from './startGpuProcess';

/**
 * @param distFolder where the bundles are
 * @param refusedFolders folders from which no program is run: those that are open in the editor
 */
export function createGpuTelemetry(
  distFolder: string,
  settings: GpuTelemetrySettings,
  clock: Clock,
  logger: Logger,
  refusedFolders: () => readonly string[] = () => [],
): GpuTelemetry {
  const start = gpuChildStarter(path.join(distFolder, 'gpu', 'telemetry.js'));
  const startChild: StartGpuChild = (options) => start({ ...options, refusedFolders: [...refusedFolders()] });
  const service = new GpuService({}, { clock, logger, random: Math.random, startChild });
  return new GpuTelemetry(service, settings);
}
