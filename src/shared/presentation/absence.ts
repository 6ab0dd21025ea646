import type { GpuMetric } from '../gpu/gpu';
import type { AbsenceReason, AbsentFigures } from '../metrics/snapshot';

/** What stands in a figure's place. */
export const absentSign = '–';

/** Why a figure is missing, for a tooltip and a screen reader. */
export function absenceText(reason: AbsenceReason): string {
  switch (reason) {
    case 'unsupported':
      return 'Not supported on this machine';
    case 'permissionDenied':
      return 'Permission denied';
    case 'notAvailableYet':
      return 'Not available yet';
    case 'notStarted':
      return 'Not started';
    case 'timedOut':
      return 'No answer in time';
    case 'failed':
      return 'Could not be read';
  }
}

/** The reason that a snapshot gives for a missing figure, or that it gives none. */
export function absenceOf(absent: AbsentFigures, path: string): string {
  const reason = absent[path] ?? absent[parentPath(path)];
  return reason ? absenceText(reason) : 'Not available';
}

/** A slower tier names a whole group, such as `processes`, rather than each of its figures. */
function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** A device's figure in words: its value, or why there is none. */
export function gpuMetricText(metric: GpuMetric, format: (value: number) => string): string {
  switch (metric.status) {
    case 'ok':
      return format(metric.value);
    case 'unsupported':
      return 'not supported';
    case 'permissionDenied':
      return 'permission denied';
    case 'unavailable':
      return 'not available';
  }
}
