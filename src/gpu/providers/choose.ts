import type { Clock } from '../../shared/clock';
import type { GpuProcessOptions, GpuProviderName } from '../../shared/protocol/gpuLines';
import type { MakeGpuProvider } from '../sampler';
import { AmdProvider } from './amd';
import { AppleProvider } from './apple';
import { loadGraphics } from './graphicsProgram';
import { IntelProvider } from './intel';
import { LinuxCardsProvider } from './linuxCards';
import { NvidiaProvider } from './nvidia';
import { findNvidiaSmi, hasNvidiaCard, pciFingerprint } from './nvidiaTool';
import { PciNames } from './pciNames';
import { readText } from './sysfsFile';
import { SystemInformationProvider } from './systemInformation';

const byPlatform: Partial<Record<NodeJS.Platform, readonly GpuProviderName[]>> = {
  linux: ['nvidia', 'amd', 'intel', 'systeminformation'],
  win32: ['nvidia', 'systeminformation'],
  darwin: ['apple', 'systeminformation'],
};

/**
 * Providers that make sense on this platform and are wanted, the best informed first.
 * @param script the bundle that runs
 */
export function chooseProviders(
  script: string,
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
          findTool: () => findNvidiaSmi(options.nvidiaSmiPath, process.env, options.refusedFolders),
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
      platform === 'linux'
        ? new LinuxCardsProvider(options.drmRoot, names)
        : new SystemInformationProvider(
            (reported) => platform !== 'darwin' || reported.size === 0,
            (signal) => loadGraphics(script, clock, signal),
            events,
          ),
  };
  const wanted = options.providers ?? byPlatform[platform] ?? ['systeminformation'];
  // In the order of the table, whatever the order of the setting.
  return (Object.keys(makers) as GpuProviderName[])
    .filter((name) => wanted.includes(name))
    .map((name) => makers[name]);
}
