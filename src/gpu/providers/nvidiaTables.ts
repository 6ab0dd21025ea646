import path from 'node:path';
import type { GpuDevice, GpuMetric, GpuMetricName } from '../../shared/gpu/gpu';
import { measured, metricsWith, permissionDenied, unavailable, unsupported } from './metrics';

/** Fields asked of `nvidia-smi --query-gpu`, and which metric each is. */
const metricFields: Readonly<Record<string, GpuMetricName>> = {
  'utilization.gpu': 'utilizationPercent',
  'memory.used': 'memoryUsedMB',
  'memory.total': 'memoryTotalMB',
  'temperature.gpu': 'temperatureC',
  'power.draw': 'powerW',
  'power.limit': 'powerLimitW',
  'fan.speed': 'fanPercent',
  'clocks.current.graphics': 'graphicsClockMHz',
  'clocks.current.memory': 'memoryClockMHz',
  'utilization.encoder': 'encoderPercent',
  'utilization.decoder': 'decoderPercent',
  'pcie.link.gen.current': 'pcieGeneration',
  'pcie.link.width.current': 'pcieWidth',
};

/**
 * The name stands last: the table has no quotes, so that only the last column may hold a comma. `count` comes
 * with every row and tells when the rows of one round are complete.
 */
export const deviceFields: readonly string[] = [
  'uuid',
  'pci.bus_id',
  'count',
  'driver_version',
  ...Object.keys(metricFields),
  'mig.mode.current',
  'name',
];

export const processFields: readonly string[] = ['gpu_uuid', 'pid', 'used_gpu_memory', 'process_name'];

/** Other names under which a tool prints a field in its header. */
const headerAliases: Readonly<Record<string, string>> = {
  'clocks.gr': 'clocks.current.graphics',
  'clocks.mem': 'clocks.current.memory',
  gpu_name: 'name',
  gpu_uuid: 'uuid',
  gpu_bus_id: 'pci.bus_id',
  name: 'name',
  used_memory: 'used_gpu_memory',
};

export type NvidiaRow = ReadonlyMap<string, string>;

/** The header's fields in order, or undefined where the line is not the header of a table of `fields`. */
export function parseHeader(line: string, fields: readonly string[]): readonly string[] | undefined {
  // Units follow the name: `memory.used [MiB]`.
  const names = line.split(',').map((cell) => cell.replace(/\[[^\]]*\]\s*$/, '').trim());
  const asked = new Set(fields.map(canonical));
  return names.length > 1 && names.every((name) => asked.has(canonical(name)))
    ? names.map(canonical)
    : undefined;
}

function canonical(field: string): string {
  return headerAliases[field] ?? field;
}

/** @returns the row by field, or undefined where the line has fewer cells than the header */
export function parseRow(line: string, columns: readonly string[]): NvidiaRow | undefined {
  const cells = line.split(',');
  if (cells.length < columns.length) return undefined;
  const last = columns.length - 1;
  return new Map(
    columns.map((column, index) => [
      column,
      (index === last ? cells.slice(last).join(',') : (cells[index] ?? '')).trim(),
    ]),
  );
}

/** What one cell says. `[N/A]` and the like are reasons, and a cell that the tool does not know is unsupported. */
export function parseMetric(cell: string | undefined): GpuMetric {
  if (cell === undefined) return unsupported;
  // Units are switched off, and cut off all the same where an old driver prints them.
  const number = /^-?\d+(?:\.\d+)?(?=\s*(?:%|MiB|W|MHz)?$)/.exec(cell);
  if (number) return measured(Number(number[0]));
  if (/insufficient permissions/i.test(cell)) return permissionDenied;
  if (/not supported|n\/a|deprecated/i.test(cell)) return unsupported;
  return unavailable;
}

/** @returns undefined where the row has nothing that identifies the device */
export function deviceOfRow(row: NvidiaRow): GpuDevice | undefined {
  const id = [row.get('uuid'), row.get('pci.bus_id')].find(isGiven);
  if (id === undefined) return undefined;
  const metrics = metricsWith(
    Object.fromEntries(
      Object.entries(metricFields).map(([field, metric]) => [metric, parseMetric(row.get(field))]),
    ),
  );
  const driverVersion = row.get('driver_version');
  const name = row.get('name');
  const partitioned = row.get('mig.mode.current') === 'Enabled' ? ' (MIG)' : '';
  return {
    id: id.slice(0, 256),
    name: `${isGiven(name) ? name.slice(0, 240) : 'NVIDIA GPU'}${partitioned}`,
    vendor: 'nvidia',
    ...(isGiven(driverVersion) ? { driverVersion: driverVersion.slice(0, 256) } : {}),
    metrics,
  };
}

export interface NvidiaProcess {
  readonly deviceId: string;
  readonly pid: number;
  /** Undefined where the tool cannot see it, as in a container. */
  readonly name: string | undefined;
  readonly memoryMB: GpuMetric;
}

/** @returns undefined where the row names no process */
export function processOfRow(row: NvidiaRow): NvidiaProcess | undefined {
  const deviceId = row.get('uuid');
  const pid = Number(row.get('pid'));
  if (!isGiven(deviceId) || !Number.isInteger(pid) || pid < 0) return undefined;
  const name = row.get('process_name');
  return {
    deviceId,
    pid,
    // Paths come in the style of the system that runs the tool.
    name: isGiven(name) ? path.win32.basename(name).slice(0, 64) : undefined,
    memoryMB: parseMetric(row.get('used_gpu_memory')),
  };
}

function isGiven(cell: string | undefined): cell is string {
  return cell !== undefined && cell !== '' && cell !== '-' && !/^(\[.*\]|n\/a)$/i.test(cell);
}

/** Why the tool ended, as far as it tells in its own words. */
export type NvidiaFailure =
  | { readonly kind: 'unknownField'; readonly field: string }
  | { readonly kind: 'noDevices' }
  /** The driver does not answer at all, which is also how a machine without a card looks. */
  | { readonly kind: 'noDriver'; readonly message: string }
  /** Only a person can help: by a reboot, or by reloading the driver. */
  | { readonly kind: 'mismatch'; readonly message: string }
  | { readonly kind: 'other'; readonly message: string };

/** @param output what the tool printed besides its tables @param how how it ended, for when it printed nothing */
export function classifyFailure(output: string, how: string): NvidiaFailure {
  const field = /Field "([^"]+)" is not a valid field to query/.exec(output)?.[1];
  if (field !== undefined) return { kind: 'unknownField', field };
  if (/no devices (?:were )?found/i.test(output)) return { kind: 'noDevices' };
  const said = output.replace(/\s+/g, ' ').trim().slice(0, 500);
  if (/driver\/library version mismatch/i.test(output)) {
    return {
      kind: 'mismatch',
      message: `${said} (the driver was updated while it ran: reboot, or reload it)`,
    };
  }
  if (
    /couldn't communicate with the nvidia driver|driver not loaded|nvidia driver is not loaded/i.test(output)
  ) {
    return { kind: 'noDriver', message: said };
  }
  return { kind: 'other', message: said === '' ? `nvidia-smi ended with ${how}` : `nvidia-smi: ${said}` };
}
