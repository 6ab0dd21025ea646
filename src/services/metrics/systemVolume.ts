import type { DiskMetrics, VolumeMetrics } from '../../shared/metrics/snapshot';
import type { Absences } from './absences';

/** The volumes as they were looked at. */
export interface VolumesReading {
  readonly volumes: readonly VolumeMetrics[];
  /** ISO 8601; undefined before they were looked at. */
  readonly volumesAt: string | undefined;
}

/** How full the volume is that the system is on. */
export function systemVolume(
  mount: string | undefined,
  { volumes, volumesAt }: VolumesReading,
  absences: Absences,
): Record<keyof Pick<DiskMetrics, 'totalMB' | 'usedMB' | 'percent'>, number | undefined> {
  const {
    totalMB,
    usedMB,
    percent,
    // Once the volumes were looked at, a system volume that is not among them does not exist.
    absent = volumesAt === undefined ? 'notAvailableYet' : 'unsupported',
  } = volumes.find((volume) => volume.mount === mount) ?? {};
  return {
    totalMB: absences.noted('disk.totalMB', totalMB, absent),
    usedMB: absences.noted('disk.usedMB', usedMB, absent),
    percent: absences.noted('disk.percent', percent, absent),
  };
}
