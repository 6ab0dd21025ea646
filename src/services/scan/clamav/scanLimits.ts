import { formatBytes } from '../../../shared/presentation/format';

/**
 * What clamd passes over in silence, as its configuration says; what it does not say is as ClamAV has it by itself.
 * Infinity stands for no limit.
 */
export interface ScanLimits {
  readonly maxFileBytes?: number;
  readonly maxScanBytes?: number;
  /** It says of a file that it was beyond its limits. */
  readonly tellsExceeded?: boolean;
}

const mib = 1024 ** 2;

/**
 * Whether a file of this size was looked at by a clamd that found nothing in it: of larger ones than its limits it says
 * the same. @param version as it tells it, such as `1.4.3`
 * @returns the limit that says no; undefined where it was
 */
export function passedOver(
  sizeBytes: number,
  { maxFileBytes, maxScanBytes, tellsExceeded = false }: ScanLimits,
  version: string,
): string | undefined {
  if (tellsExceeded) return undefined;
  const usual = isOld(version)
    ? { maxFileBytes: 25 * mib, maxScanBytes: 100 * mib }
    : { maxFileBytes: 100 * mib, maxScanBytes: 400 * mib };
  const limits: readonly [string, number][] = [
    ['MaxFileSize', maxFileBytes ?? usual.maxFileBytes],
    ['MaxScanSize', maxScanBytes ?? usual.maxScanBytes],
  ];
  const exceeded = limits.find(([, limit]) => sizeBytes > limit);
  return exceeded && `ClamAV's ${exceeded[0]} of ${formatBytes(exceeded[1])}`;
}

/** Before 0.105, which raised its limits. */
function isOld(version: string): boolean {
  const [, minor] = /^0\.(\d+)/.exec(version) ?? [];
  return minor !== undefined && Number(minor) < 105;
}
