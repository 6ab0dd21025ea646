import type { Clock } from '../../shared/clock';
import type { GpuDevice } from '../../shared/gpu/gpu';
import type { GpuProcessOptions, GpuProviderName } from '../../shared/protocol/gpuLines';
import type { MakeGpuProvider } from '../sampler';
import { AmdProvider } from './amd';
import { AppleProvider } from './apple';
import { listDrmCards } from './drmCards';
import { IntelProvider } from './intel';
import { NvidiaProvider } from './nvidia';
import { findNvidiaSmi, hasNvidiaCard, pciFingerprint } from './nvidiaTool';
import { PciNames } from './pciNames';
import { readText } from './sysfsFile';
import { type GraphicsController, SystemInformationProvider } from './systemInformation';

const byPlatform: Partial<Record<NodeJS.Platform, readonly GpuProviderName[]>> = {
  linux: ['nvidia', 'amd', 'intel', 'systeminformation'],
  win32: ['nvidia', 'systeminformation'],
  darwin: ['apple', 'systeminformation'],
};

/** Providers that make sense on this platform and are wanted, the best informed first. */
export function chooseProviders(
  options: GpuProcessOptions,
  platform: NodeJS.Platform,
  clock: Clock,
  random: () => number,
): readonly MakeGpuProvider[] {
  const names = new PciNames(options.pciIdsPaths);
  const makers: Record<GpuProviderName, MakeGpuProvider> = {
    nvidia: (events) =>
      new NvidiaProvider(
        {
          findTool: () => findNvidiaSmi(options.nvidiaSmiPath, process.env),
          pciFingerprint: () => pciFingerprint(options.pciDevicesRoot),
          hasCard: () => (platform === 'linux' ? hasNvidiaCard(options.pciDevicesRoot) : undefined),
          processName: (pid) => readText(`${options.procRoot}/${pid}/comm`),
          probeMs: options.probeMs,
        },
        clock,
        random,
        events,
      ),
    amd: () => new AmdProvider(options.drmRoot, names),
    intel: () => new IntelProvider(options.drmRoot, names, clock),
    apple: (events) => new AppleProvider(options.ioregPath, clock, events),
    systeminformation: (events) =>
      new SystemInformationProvider(
        (reported) => lastResortNeeded(platform, options.drmRoot, reported),
        loadControllers,
        events,
      ),
  };
  const wanted = options.providers ?? byPlatform[platform] ?? ['systeminformation'];
  // In the order of the table, whatever the order of the setting.
  return (Object.keys(makers) as GpuProviderName[])
    .filter((name) => wanted.includes(name))
    .map((name) => makers[name]);
}

const vendorsById = new Map<string, GpuDevice['vendor']>([
  ['10de', 'nvidia'],
  ['1002', 'amd'],
  ['8086', 'intel'],
]);

function lastResortNeeded(
  platform: NodeJS.Platform,
  drmRoot: string,
  reported: ReadonlySet<GpuDevice['vendor']>,
): boolean {
  if (platform === 'darwin') return reported.size === 0;
  if (platform !== 'linux') return true;
  return listDrmCards(drmRoot).some(({ vendorId }) => {
    const vendor = vendorsById.get(vendorId);
    return vendor !== undefined && !reported.has(vendor);
  });
}

async function loadControllers(): Promise<readonly GraphicsController[]> {
  const { graphics } = await import('systeminformation/lib/graphics');
  return (await graphics()).controllers;
}
