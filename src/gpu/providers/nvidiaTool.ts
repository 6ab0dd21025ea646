import { existsSync } from 'node:fs';
import path from 'node:path';
import { findExecutable } from '../../services/process/findExecutable';
import { listFolder, readText } from './sysfsFile';

/** Where drivers put the tool: folders that only an administrator writes to. */
function driverFolders(env: Readonly<NodeJS.ProcessEnv>): readonly string[] {
  if (process.platform !== 'win32') return ['/usr/bin', '/usr/lib/wsl/lib', '/run/current-system/sw/bin'];
  return [
    path.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32'),
    path.join(env['ProgramFiles'] ?? 'C:\\Program Files', 'NVIDIA Corporation', 'NVSMI'),
  ];
}

/**
 * Looks where the drivers put it first: whoever can put a folder in front of PATH would be asked otherwise.
 *
 * @param configured the path that a person has set; nothing else is looked for then
 * @param refusedFolders from which nothing is run
 * @returns the absolute path of `nvidia-smi`, or undefined
 */
export async function findNvidiaSmi(
  configured: string | undefined,
  env: Readonly<NodeJS.ProcessEnv>,
  refusedFolders: readonly string[] = [],
  trustedFolders = driverFolders(env),
): Promise<string | undefined> {
  if (configured === undefined) {
    // An open folder may hold the whole disk: what only an administrator writes to is not refused for that.
    return (
      (await findExecutable('nvidia-smi', { pathEnv: undefined, extraFolders: trustedFolders })) ??
      (await findExecutable('nvidia-smi', { pathEnv: env['PATH'], refusedFolders }))
    );
  }
  return findExecutable(path.basename(configured), { pathEnv: path.dirname(configured) });
}

/** Changes when a PCI device comes or goes; undefined where the system has no such folder. */
export function pciFingerprint(pciDevicesRoot: string): string | undefined {
  const names = listFolder(pciDevicesRoot);
  return names.length === 0 ? undefined : names.join(' ');
}

/** Whether a PCI device of NVIDIA is there; undefined where that cannot be told, as under WSL. */
export function hasNvidiaCard(pciDevicesRoot: string): boolean | undefined {
  const names = listFolder(pciDevicesRoot);
  if (names.length === 0 || existsSync('/dev/dxg')) return undefined;
  return names.some((name) => readText(`${pciDevicesRoot}/${name}/vendor`) === '0x10de');
}
