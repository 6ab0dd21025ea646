import { randomBytes } from 'node:crypto';
import { realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { exportError, withExportErrors } from './exportErrors';
import { TemporaryFile } from './temporaryFile';

/** File systems allow 255 bytes; what is put around the name needs some, and a letter may need several. */
const keptOfName = 50;
/** As programs do; the process's own mask takes away what its user does not grant. */
const newFileMode = 0o666;
const asideMode = 0o600;

/**
 * A file in the making. What is written goes into a hidden file beside it, `.NAME.RANDOM.tmp`, which takes its place
 * when it is whole: nobody ever sees half of an export, and a file that was there stays as it was until then.
 */
export class ExportFile {
  private readonly target: string;
  /** Of the file that was there. */
  private readonly mode: number | undefined;
  private readonly main: TemporaryFile;
  private readonly asides: TemporaryFile[] = [];

  /** @throws SentinelError `export.*` */
  constructor(file: string) {
    this.target = destinationOf(file);
    const existing = existingFile(this.target);
    this.mode = existing && existing.mode & 0o777;
    // Never open to more people than the file that it replaces.
    this.main = this.createTemporary(this.mode ?? newFileMode);
  }

  /** @throws SentinelError `export.*` */
  write(text: string): void {
    this.main.write(text);
  }

  /** For what comes later in the file than it becomes known; it goes with the rest when the file is discarded. */
  aside(): TemporaryFile {
    const aside = this.createTemporary(asideMode);
    aside.hide();
    this.asides.push(aside);
    return aside;
  }

  /** Writes what was put aside. */
  append(aside: TemporaryFile): void {
    aside.appendTo(this.main);
    aside.discard();
  }

  /** @returns the size in bytes @throws SentinelError `export.*` */
  commit(): number {
    this.main.moveTo(this.target, this.mode);
    return this.main.bytes;
  }

  /** Leaves nothing behind; after a commit it leaves the file. Never throws. */
  discard(): void {
    for (const file of [this.main, ...this.asides]) file.discard();
  }

  private createTemporary(mode: number): TemporaryFile {
    const { dir, base } = path.parse(this.target);
    // By code points, so that no pair is cut in two.
    const name = Array.from(base).slice(0, keptOfName).join('');
    return new TemporaryFile(path.join(dir, `.${name}.${randomBytes(6).toString('hex')}.tmp`), mode);
  }
}

/** Where a link leads, so that the link stays one. */
function destinationOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** Nothing but a regular file is replaced: a device or a pipe would be gone for all programs. */
function existingFile(file: string): Stats | undefined {
  const stats = withExportErrors(() => statSync(file, { throwIfNoEntry: false }));
  if (stats === undefined) return undefined;
  if (stats.isDirectory()) throw exportError('export.isFolder', 'What should be written is a folder.');
  if (!stats.isFile()) throw exportError('export.notRegularFile', 'What should be replaced is no file.');
  return stats;
}
