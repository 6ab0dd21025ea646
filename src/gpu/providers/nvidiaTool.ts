import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { listFolder, readText } from './sysfsFile';

/** Where drivers put the tool without adding the folder to PATH. */
function driverFolders(env: Readonly<NodeJS.ProcessEnv>): readonly string[] {
  if (process.platform !== 'win32') return ['/usr/bin', '/usr/lib/wsl/lib', '/run/current-system/sw/bin'];
  return [
    path.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32'),
    path.join(env['ProgramFiles'] ?? 'C:\\Program Files', 'NVIDIA Corporation', 'NVSMI'),
  ];
}

/** @returns the absolute path of `nvidia-smi`; relative entries of PATH are passed over, as a workspace can fill them */
export function findNvidiaSmi(env: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const name = process.platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi';
  const folders = [...(env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder))];
  return [...folders, ...driverFolders(env)].map((folder) => path.join(folder, name)).find(isExecutable);
}

/** The path itself where a program stands there. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
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
