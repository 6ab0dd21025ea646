import { readdir, statfs } from 'node:fs/promises';
import os from 'node:os';
import * as systemInformation from 'systeminformation';
import { bytesPerMB } from '../../../shared/units';
import type { PortableSource, RunningProcess } from './source';

/** By the names that systems and their tools give: Apple's, those of BSD and of virtual machines, and Windows' labels. */
const virtualInterface =
  /^(utun|bridge|gif|stf|ipsec|tun|tap|vnic|vmnet|vboxnet|virbr|feth|zt|wg)\d|^(docker|br-|veth)|vEthernet|VirtualBox|VMware|Hyper-V|TAP-Windows|Wintun|WireGuard|OpenVPN|Tailscale|ZeroTier/i;
const connectedState = /^(ESTABLISHED|CLOSE[-_ ]WAIT)$/;

/** The questions that `systeminformation` answers, mostly by programs of the system. */
export type SystemInformation = Pick<
  typeof systemInformation,
  | 'mem'
  | 'fsStats'
  | 'networkStats'
  | 'networkConnections'
  | 'cpuTemperature'
  | 'cpuCurrentSpeed'
  | 'processes'
>;

/**
 * The machine itself, by Node's own calls where they suffice and by `systeminformation` for the rest. Whatever its
 * types say, that answers with null, NaN or a negative number where a program's output was not what it expected.
 */
export function systemSource(
  platform: NodeJS.Platform = process.platform,
  si: SystemInformation = systemInformation,
): PortableSource {
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
        availableMB: amount(available, bytesPerMB),
        swapTotalMB: amount(swaptotal, bytesPerMB),
        swapUsedMB: amount(swapused, bytesPerMB),
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
      const readBytes = amount(stats?.rx);
      const writtenBytes = amount(stats?.wx);
      return readBytes === undefined && writtenBytes === undefined ? undefined : { readBytes, writtenBytes };
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
          rxBytes: amount(rx_bytes),
          txBytes: amount(tx_bytes),
          virtual: virtualInterface.test(iface),
          internal: own.some(({ internal }) => internal) || /^lo\d*$/.test(iface),
          ...(address === undefined ? {} : { address }),
        };
      });
    },
    async connections() {
      const all = await si.networkConnections();
      return all.filter(({ protocol, state }) => protocol.startsWith('tcp') && connectedState.test(state))
        .length;
    },
    async temperatureC() {
      const { main } = await si.cpuTemperature();
      // 0 stands for "unknown", as does whatever is no number.
      return positive(main);
    },
    async frequencyMHz() {
      const { avg } = await si.cpuCurrentSpeed();
      return positive(avg, 1 / 1_000);
    },
    async processes() {
      const { all, list } = await si.processes();
      const count = amount(all);
      // None at all is the answer of a system without `ps`.
      if (count === undefined || !Number.isInteger(count) || count === 0) return undefined;
      // Shares of the whole machine become shares of one processor.
      const processorShare = 1 / os.cpus().length;
      const known: RunningProcess[] = [];
      for (const { pid, name, cpu, memRss } of list) {
        const cpuPercent = amount(cpu, processorShare);
        const rssMB = amount(memRss, 1_024);
        if (!Number.isInteger(pid) || pid < 0 || cpuPercent === undefined || rssMB === undefined) continue;
        known.push({ pid, name, cpuPercent, rssMB });
      }
      return { count, list: known };
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

/** A figure in units of `unit`; undefined for what is none. */
function amount(value: unknown, unit = 1): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value / unit : undefined;
}

function positive(value: unknown, unit = 1): number | undefined {
  const known = amount(value, unit);
  return known === 0 ? undefined : known;
}
