import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { withExportErrors } from './exportErrors';

/** What is gathered, so that system calls cost next to nothing. */
const bufferedBytes = 256 * 1024;
/** That a unit of UTF-16 becomes in UTF-8, at most. */
const bytesPerUnit = 3;
/** How much is copied at a time. */
const copiedBytes = 256 * 1024;

/**
 * A new file that takes text as UTF-8, through a buffer. Halves of surrogate pairs become U+FFFD, also where two pieces of
 * text that follow each other end and begin with one.
 */
export class TemporaryFile {
  private readonly file: number;
  private readonly buffer = Buffer.allocUnsafe(bufferedBytes);
  private buffered = 0;
  private written = 0;
  private open = true;
  private present = true;

  /**
   * @param mode its permissions, less what the process leaves out of those of new files
   * @throws SentinelError `export.*`, also where something of this name exists
   */
  constructor(
    readonly path: string,
    mode: number,
  ) {
    this.file = withExportErrors(() => openSync(path, 'wx+', mode));
  }

  /** Of what was written, without what is still in the buffer. */
  get bytes(): number {
    return this.written;
  }

  /** @throws SentinelError `export.*` */
  write(text: string): void {
    const mostBytes = text.length * bytesPerUnit;
    if (this.buffered + mostBytes > bufferedBytes) this.flush();
    if (mostBytes > bufferedBytes) this.writeBytes(Buffer.from(text, 'utf8'));
    else this.buffered += this.buffer.write(text, this.buffered, 'utf8');
  }

  /** Writes all of this file at the end of the other. */
  appendTo(target: TemporaryFile): void {
    this.flush();
    target.flush();
    const chunk = Buffer.allocUnsafe(copiedBytes);
    for (let place = 0; place < this.written;) {
      const from = place;
      const count = withExportErrors(() => readSync(this.file, chunk, 0, copiedBytes, from));
      // Cannot be, unless somebody else shortens it; without this the loop would never end.
      if (count === 0) break;
      target.writeBytes(chunk.subarray(0, count));
      place += count;
    }
  }

  /**
   * Makes it last under its final name.
   * @param mode its permissions; undefined leaves those of a new file
   */
  moveTo(path: string, mode: number | undefined): void {
    this.flush();
    withExportErrors(() => {
      if (mode !== undefined) fchmodSync(this.file, mode);
      fsyncSync(this.file);
      this.close();
      renameSync(this.path, path);
    });
    this.present = false;
  }

  /** Takes its name away, where the system can do that: not even a kill leaves it behind then. */
  hide(): void {
    ignoringErrors(() => {
      unlinkSync(this.path);
      this.present = false;
    });
  }

  /** Closes and removes it, unless it was moved. Never throws; may be called again. */
  discard(): void {
    this.buffered = 0;
    ignoringErrors(() => {
      this.close();
    });
    if (this.present) this.hide();
  }

  private flush(): void {
    const bytes = this.buffer.subarray(0, this.buffered);
    this.buffered = 0;
    this.writeBytes(bytes);
  }

  private writeBytes(bytes: Uint8Array): void {
    withExportErrors(() => {
      for (let place = 0; place < bytes.length;) {
        const count = writeSync(this.file, bytes, place, bytes.length - place, this.written);
        place += count;
        this.written += count;
      }
    });
  }

  private close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.file);
  }
}

function ignoringErrors(run: () => void): void {
  try {
    run();
  } catch {
    // What is thrown away may stay behind; the reason that it is thrown away matters more.
  }
}
