import { readdir, statfs } from 'node:fs/promises';
import os from 'node:os';
import * as si from 'systeminformation';
import type { PortableSource } from './source';

const bytesPerMB = 1_024 * 1_024;

/** The machine itself, by Node's own calls where they suffice and by `systeminformation` for the rest. */
export function systemSource(platform: NodeJS.Platform = process.platform): PortableSource {
  return {
    platform,
    hostname: () => os.hostname(),
    processorTimes: () =>
      os.cpus().map(({ times }) => ({
        total: times.user + times.nice + times.sys + times.idle + times.irq,
        idle: times.idle,
      })),
    // Windows has no load average; Node answers with zeros there.
    loadAverage: () => (platform === 'win32' ? undefined : (os.loadavg() as [number, number, number])),
    totalMemoryMB: () => os.totalmem() / bytesPerMB,
    // On macOS the system's "free" leaves out what it could free at once.
    availableMemoryMB: () => (platform === 'darwin' ? undefined : os.freemem() / bytesPerMB),
    async measureMemory() {
      const { available, swaptotal, swapused } = await si.mem();
      return {
        availableMB: available / bytesPerMB,
        swapTotalMB: swaptotal / bytesPerMB,
        swapUsedMB: swapused / bytesPerMB,
      };
    },
    async volumes() {
      if (platform === 'win32') {
        // Network drives have letters as well, so that all but the system's own are asked one at a time.
        return 'CDEFGHIJKLMNOPQRSTUVWXYZ'
          .split('')
          .map((letter) => ({ mount: `${letter}:\\`, fs: '', reach: letter === 'C' ? 'local' : 'unknown' }));
      }
      const names = await readdir('/Volumes', { withFileTypes: true }).catch(() => []);
      // The system volume stands there as a link to "/".
      const others = names.filter((entry) => entry.isDirectory()).map(({ name }) => `/Volumes/${name}`);
      return [
        { mount: '/', fs: '', reach: 'local' },
        ...others.map((mount) => ({ mount, fs: '', reach: 'unknown' as const })),
      ];
    },
    statfs: (mount) => statfs(mount),
    systemVolume: () => (platform === 'win32' ? `${process.env['SystemDrive'] ?? 'C:'}\\` : '/'),
    async diskCounters() {
      const stats = (await si.fsStats()) as { rx: number; wx: number } | null;
      return stats === null ? undefined : { readBytes: stats.rx, writtenBytes: stats.wx };
    },
    async traffic() {
      const addresses = os.networkInterfaces();
      const stats = await si.networkStats('*');
      return stats.map(({ iface, operstate, rx_bytes, tx_bytes }) => {
        const own = addresses[iface] ?? [];
        const address = (own.find(({ family }) => family === 'IPv4') ?? own[0])?.address;
        return {
          name: iface,
          up: operstate === 'up',
          rxBytes: rx_bytes,
          txBytes: tx_bytes,
          internal: own.some(({ internal }) => internal) || /^lo\d*$/.test(iface),
          ...(address === undefined ? {} : { address }),
        };
      });
    },
    async connections() {
      const all = await si.networkConnections();
      return all.filter(({ protocol, state }) => protocol.startsWith('tcp') && state === 'ESTABLISHED')
        .length;
    },
    async temperatureC() {
      const { main } = (await si.cpuTemperature()) as { main: number | null };
      return main !== null && main > 0 ? main : undefined;
    },
    async frequencyMHz() {
      const { avg } = await si.cpuCurrentSpeed();
      return avg > 0 ? avg * 1_000 : undefined;
    },
    async processes() {
      const { all, list } = await si.processes();
      return {
        count: all,
        // Shares of the whole machine become shares of one processor.
        list: list.map(({ pid, name, cpu, memRss }) => ({
          pid,
          name,
          cpuPercent: cpu * os.cpus().length,
          rssMB: memRss / 1_024,
        })),
      };
    },
    threadCpuMs() {
      // Node 22.19 and later; the types that fit the oldest supported editor do not have it yet.
      const read = (process as { threadCpuUsage?: () => { user: number; system: number } }).threadCpuUsage;
      if (read === undefined) return undefined;
      const { user, system } = read.call(process);
      return (user + system) / 1_000;
    },
  };
}
