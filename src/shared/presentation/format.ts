/** A number for people, apart from its unit: the panel prints them in different sizes. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

const sizeUnits = ['MB', 'GB', 'TB', 'PB'] as const;
const byteUnits = ['KB', 'MB', 'GB', 'TB', 'PB'] as const;
const rateUnits = ['B/s', 'KB/s', 'MB/s', 'GB/s', 'TB/s'] as const;

/** A value keeps its unit up to here: three digits at most, and never "1000" of a unit that has 1,024. */
const promoteAt = 999.5;

function scaled(amount: number, units: readonly string[]): { amount: number; unitIndex: number } {
  let unitIndex = 0;
  while (amount >= promoteAt && unitIndex < units.length - 1) {
    amount /= 1024;
    unitIndex += 1;
  }
  return { amount, unitIndex };
}

/** Rounds to `decimals`, without zeros at the end: `4`, not `4.0`. */
function rounded(amount: number, decimals: number): string {
  const text = amount.toFixed(decimals);
  const short = decimals > 0 ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

/** @param sizeMB in units of 1,048,576 bytes */
function sizeQuantity(sizeMB: number): Quantity {
  const { amount, unitIndex } = scaled(sizeMB, sizeUnits);
  return {
    value: rounded(amount, unitIndex === 0 || amount >= 100 ? 0 : 1),
    unit: sizeUnits[unitIndex] ?? '',
  };
}

export function formatSize(sizeMB: number): string {
  return joined(sizeQuantity(sizeMB));
}

/** `0 bytes`, `412 bytes`, `2.4 KB`, `11.8 GB`. */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < promoteAt) return formatCount(sizeBytes, 'byte');
  const { amount, unitIndex } = scaled(sizeBytes / 1024, byteUnits);
  return `${rounded(amount, amount >= 100 ? 0 : 1)} ${byteUnits[unitIndex] ?? ''}`;
}

/** With the exact figure where the short one is rounded: `2.4 KB (2 412 bytes)`. */
export function formatExactBytes(sizeBytes: number): string {
  const short = formatBytes(sizeBytes);
  return sizeBytes < promoteAt ? short : `${short} (${formatCount(sizeBytes, 'byte')})`;
}

/** Used and total in the total's unit, `11.8` and `31.3 GB`; a used part too small for it keeps its own. */
export function sizePair(usedMB: number, totalMB: number): { used: string; total: string } {
  const { unitIndex } = scaled(totalMB, sizeUnits);
  const used = usedMB / 1024 ** unitIndex;
  const tooSmall = usedMB >= 0.5 && used < 0.05;
  return {
    used: tooSmall ? formatSize(usedMB) : rounded(used, pairDecimals(used, unitIndex)),
    total: formatSize(totalMB),
  };
}

function pairDecimals(used: number, unitIndex: number): number {
  if (unitIndex === 0 || used >= 100) return 0;
  return used < 1 ? 2 : 1;
}

export function rateQuantity(bytesPerSec: number): Quantity {
  const { amount, unitIndex } = scaled(bytesPerSec, rateUnits);
  return {
    value: rounded(amount, unitIndex === 0 || amount >= 10 ? 0 : 1),
    unit: rateUnits[unitIndex] ?? '',
  };
}

export function formatRate(bytesPerSec: number): string {
  return joined(rateQuantity(bytesPerSec));
}

/** Whole percent; a trace of use is told apart from none. */
export function percentQuantity(percent: number): Quantity {
  return { value: percent > 0 && percent < 0.5 ? '<1' : rounded(percent, 0), unit: '%' };
}

/** With one decimal below 100, as in tables of processes: the column keeps its width. */
export function formatProcessPercent(percent: number): string {
  return `${percent.toFixed(percent < 99.95 ? 1 : 0)} %`;
}

export function formatPercent(percent: number): string {
  return joined(percentQuantity(percent));
}

/** Small shares, such as what Sentinel itself costs: two digits that mean something. */
export function formatSmallPercent(percent: number): string {
  if (percent > 0 && percent < 0.005) return '<0.01 %';
  return `${rounded(percent, percent < 0.1 ? 2 : 1)} %`;
}

export function formatFrequency(frequencyMHz: number): string {
  return frequencyMHz >= 999.5
    ? `${(frequencyMHz / 1000).toFixed(1)} GHz`
    : `${rounded(frequencyMHz, 0)} MHz`;
}

export function formatTemperature(temperatureC: number): string {
  return `${rounded(temperatureC, 0)} °C`;
}

export function formatPower(powerW: number): string {
  return `${rounded(powerW, powerW < 10 ? 1 : 0)} W`;
}

export function formatLoad(load: number): string {
  return load.toFixed(load < 99.95 ? 1 : 0);
}

/** @param one the noun's singular; the plural gets an s unless given */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
}

/** Groups of three digits, apart by a narrow space that no language reads as a decimal mark. */
export function formatInteger(amount: number): string {
  return Math.round(amount)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** `every 3 s`, `every 0.5 s`. */
export function formatInterval(intervalMs: number): string {
  return `every ${rounded(intervalMs / 1000, 1)} s`;
}

/** A command without the folders before its program: `python train.py` of `/opt/env/bin/python train.py`. */
export function shortProcessName(command: string): string {
  return command.replace(/^[A-Za-z]:\\(?:[^\\]*\\)*|^\/(?:[^/\s]*\/)*/, '') || command;
}

function joined({ value, unit }: Quantity): string {
  return `${value} ${unit}`;
}

/**
 * The top of a chart whose values have no natural limit: the next of 1, 2, 5, 10 … above `highest`, in units that
 * people read. Never below `atLeast`, so that an idle line's noise does not fill the chart.
 */
export function rateCeiling(highest: number, atLeast = 10 * 1024): number {
  const { unitIndex } = scaled(Math.max(highest, atLeast), rateUnits);
  const unit = 1024 ** unitIndex;
  const amount = Math.max(highest, atLeast) / unit;
  const magnitude = 10 ** Math.floor(Math.log10(amount));
  const step = [1, 2, 5, 10].find((candidate) => candidate * magnitude >= amount) ?? 10;
  return step * magnitude * unit;
}
