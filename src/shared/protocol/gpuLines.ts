import * as v from 'valibot';
import { gpuDeviceSchema } from '../gpu/gpu';

/**
 * The line protocol between the host and the GPU process: one JSON object a line. The process speaks on stdout,
 * the host on the process's stdin. Each line is parsed at its reader; one that does not fit is dropped whole.
 */

/** Longest line that either side reads, in UTF-16 code units: as many devices and processes as there may be fit. */
export const maxGpuLineLength = 256 * 1024;
export const maxGpuDevices = 32;
/** Of one device; the process keeps those with most memory. */
export const maxGpuProcesses = 32;

export const gpuProviderNames = ['nvidia', 'amd', 'intel', 'apple', 'systeminformation'] as const;
export const gpuProviderNameSchema = v.picklist(gpuProviderNames);
export type GpuProviderName = v.InferOutput<typeof gpuProviderNameSchema>;

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const isoTime = v.pipe(v.string(), v.isoTimestamp());
const text = v.pipe(v.string(), v.maxLength(2_000));

const deviceSchema = v.pipe(
  gpuDeviceSchema,
  v.check(
    ({ id, name, driverVersion, processes = [] }) =>
      [id, name, driverVersion ?? '', ...processes.map((process) => process.name)].every(
        (string) => string.length <= 256,
      ) && processes.length <= maxGpuProcesses,
    'Too long',
  ),
);

/** What the GPU process says. */
const gpuLineSchema = v.variant('type', [
  /** First line: the providers that will be asked, and the protocol's version. */
  v.object({ type: v.literal('init'), providers: v.array(gpuProviderNameSchema), version: v.literal(1) }),
  v.pipe(
    v.object({
      type: v.literal('metrics'),
      ts: isoTime,
      count: v.pipe(v.number(), v.integer(), v.minValue(0)),
      gpus: v.pipe(v.array(deviceSchema), v.maxLength(maxGpuDevices)),
    }),
    v.check(({ count, gpus }) => count === gpus.length, 'count is not the number of gpus'),
    v.check(({ gpus }) => new Set(gpus.map(({ id }) => id)).size === gpus.length, 'two gpus with one id'),
  ),
  /** Sent while sampling and while paused. Cost: of the process and of the tools that it keeps running. */
  v.object({ type: v.literal('heartbeat'), ts: isoTime, cpuMs: amount, rssMB: amount }),
  v.object({ type: v.literal('providerError'), provider: gpuProviderNameSchema, message: text }),
  /** A provider that had failed answers again. */
  v.object({ type: v.literal('providerRecovered'), provider: gpuProviderNameSchema }),
  /** The process cannot go on and ends. */
  v.object({ type: v.literal('fatal'), message: text }),
]);
export type GpuLine = v.InferOutput<typeof gpuLineSchema>;

const minGpuIntervalMs = 1_000;
const maxGpuIntervalMs = 60_000;
export const defaultGpuIntervalMs = 3_000;
const intervalMs = v.pipe(v.number(), v.finite(), v.minValue(minGpuIntervalMs), v.maxValue(maxGpuIntervalMs));

/** What the host says. `pause` ends the sampling and the tools that it needs; heartbeats go on. */
const gpuControlSchema = v.variant('type', [
  v.object({ type: v.literal('pause') }),
  v.object({ type: v.literal('resume') }),
  v.object({ type: v.literal('interval'), intervalMs }),
]);
export type GpuControl = v.InferOutput<typeof gpuControlSchema>;

/** What the process is started with, as JSON in its only argument. Paths serve settings and tests. */
export const gpuProcessOptionsSchema = v.object({
  intervalMs: v.optional(intervalMs, defaultGpuIntervalMs),
  paused: v.optional(v.boolean(), false),
  /** Absent: all that the platform can have. */
  providers: v.optional(v.array(gpuProviderNameSchema)),
  /** Absent: looked for where the drivers put it, and then on PATH. */
  nvidiaSmiPath: v.optional(v.string()),
  /** Folders from which no program is run, with all below them. */
  refusedFolders: v.optional(v.array(v.string()), []),
  ioregPath: v.optional(v.string(), '/usr/sbin/ioreg'),
  drmRoot: v.optional(v.string(), '/sys/class/drm'),
  pciDevicesRoot: v.optional(v.string(), '/sys/bus/pci/devices'),
  procRoot: v.optional(v.string(), '/proc'),
  /** Files with the names of PCI devices; the first that exists is used. */
  pciIdsPaths: v.optional(v.array(v.string()), [
    '/usr/share/hwdata/pci.ids',
    '/usr/share/misc/pci.ids',
    '/var/lib/pciutils/pci.ids',
  ]),
  heartbeatMs: v.optional(v.pipe(v.number(), v.minValue(50)), 5_000),
  /** How often a machine without a GPU is looked at again. */
  probeMs: v.optional(v.pipe(v.number(), v.minValue(50)), 30_000),
  /** How long the first reading waits for every provider: a driver that nobody uses may take seconds to wake. */
  settleMs: v.optional(v.pipe(v.number(), v.minValue(50)), 10_000),
});
export type GpuProcessOptions = v.InferOutput<typeof gpuProcessOptionsSchema>;
/** With everything optional that has a default. */
export type GpuProcessOptionsInput = v.InferInput<typeof gpuProcessOptionsSchema>;

type Parsed<T> = { readonly message: T } | { readonly problem: string };

/** @returns the line's message, or what is wrong with it in words for the log */
export function parseGpuLine(line: string): Parsed<GpuLine> {
  return parseLine(gpuLineSchema, line);
}

/** @returns the line's message, or what is wrong with it in words for the log */
export function parseGpuControl(line: string): Parsed<GpuControl> {
  return parseLine(gpuControlSchema, line);
}

function parseLine<T>(schema: v.GenericSchema<unknown, T>, line: string): Parsed<T> {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return { problem: 'not JSON' };
  }
  const parsed = v.safeParse(schema, raw, { abortEarly: true });
  return parsed.success ? { message: parsed.output } : { problem: v.summarize(parsed.issues) };
}
