import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import type { Disposable } from '../../shared/disposable';
import type { GpuMetric } from '../../shared/gpu/gpu';
import { measured, permissionDenied, unavailable, unsupported } from './metrics';

const buffer = Buffer.alloc(4_096);

/**
 * A file of sysfs that is read again and again. It stays open: each read at offset 0 makes the kernel produce
 * the value anew, and costs one system call instead of three and the walk along its path.
 */
export class SysfsFile implements Disposable {
  private fd: number | undefined;
  private failure: NodeJS.ErrnoException | undefined;

  constructor(path: string) {
    try {
      this.fd = openSync(path, 'r');
    } catch (error) {
      this.failure = error as NodeJS.ErrnoException;
    }
  }

  get exists(): boolean {
    return this.failure?.code !== 'ENOENT';
  }

  /** @returns the text, or why there is none */
  read(): { readonly text: string } | { readonly absent: GpuMetric } {
    if (this.fd === undefined) return { absent: absenceOf(this.failure) };
    try {
      const length = readSync(this.fd, buffer, 0, buffer.length, 0);
      return { text: buffer.toString('latin1', 0, length).trim() };
    } catch (error) {
      return { absent: absenceOf(error as NodeJS.ErrnoException) };
    }
  }

  /** The file's number times `scale`. */
  metric(scale = 1, digits = 1): GpuMetric {
    const content = this.read();
    if ('absent' in content) return content.absent;
    const value = /^-?\d+(?:\.\d+)?/.exec(content.text)?.[0];
    return value === undefined ? unavailable : measured(Number(value) * scale, digits);
  }

  dispose(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }
}

/** Opens the files of `names` in a folder, under the same keys. */
export function openAll<K extends string>(
  folder: string,
  names: Readonly<Record<K, string>>,
): Record<K, SysfsFile> {
  const opened: Partial<Record<K, SysfsFile>> = {};
  for (const key of Object.keys(names) as K[]) opened[key] = new SysfsFile(`${folder}/${names[key]}`);
  return opened as Record<K, SysfsFile>;
}

/** The first of two files that exists, for figures that drivers keep under one name or another. */
export function firstOf(file: SysfsFile, other: SysfsFile): SysfsFile {
  return file.exists ? file : other;
}

/** What an error of a driver's file means for the figure. */
function absenceOf(error: NodeJS.ErrnoException | undefined): GpuMetric {
  const code = error?.code ?? '';
  if (['ENOENT', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS'].includes(code)) return unsupported;
  if (code === 'EACCES') return permissionDenied;
  // EPERM, EBUSY and EINVAL are how drivers answer while a card sleeps or is reset.
  return unavailable;
}

/** The text of a file that is read once, or undefined. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined;
  }
}

/** The names in a folder; none where it cannot be read. */
export function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** The folder of a device's sensors, or undefined where it has none. */
export function hwmonOf(devicePath: string): string | undefined {
  const name = listFolder(`${devicePath}/hwmon`).find((entry) => /^hwmon\d+$/.test(entry));
  return name === undefined ? undefined : `${devicePath}/hwmon/${name}`;
}
