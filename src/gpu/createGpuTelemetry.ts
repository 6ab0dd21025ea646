import path from 'node:path';
import type { Clock } from '../shared/clock';
import type { Logger } from '../shared/logger';
import { GpuService } from './gpuService';
import { GpuTelemetry, type GpuTelemetrySettings } from './gpuTelemetry';
import { gpuChildStarter } from './startGpuProcess';

/** @param distFolder where the bundles are */
export function createGpuTelemetry(
  distFolder: string,
  settings: GpuTelemetrySettings,
  clock: Clock,
  logger: Logger,
): GpuTelemetry {
  const startChild = gpuChildStarter(path.join(distFolder, 'gpu', 'telemetry.js'));
  const service = new GpuService({}, { clock, logger, random: Math.random, startChild });
  return new GpuTelemetry(service, settings);
}
