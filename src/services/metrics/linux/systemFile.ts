import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Disposable } from '../../../shared/disposable';
import type { AbsenceReason } from '../../../shared/metrics/snapshot';

/** The text of a file under /proc or /sys, or why there is none. */
export type Reading = { readonly text: string } | { readonly absent: AbsenceReason };

/**
 * A file under /proc or /sys that is read at every tick. It stays open: the kernel makes its content anew for
 * each read from position 0, so that a read costs one system call instead of three and no garbage but the text.
 */
export class SystemFile implements Disposable {
  private descriptor: number | undefined;

  /**
   * @param buffer shared by all files of one sampler; content beyond its size is cut off
   * @param untilMark reads on only as far as this text, which saves decoding what nobody needs
   */
  constructor(
    private readonly path: string,
    private readonly buffer: Buffer,
    private readonly untilMark?: string,
  ) {}

  read(): Reading {
    try {
      this.descriptor ??= openSync(this.path, 'r');
      const length = readSync(this.descriptor, this.buffer, 0, this.buffer.length, 0);
      return { text: this.buffer.toString('latin1', 0, this.end(length)) };
    } catch (error) {
      // The next tick opens it anew: a device or a mount may have come back.
      this.dispose();
      return { absent: absenceOf(error) };
    }
  }

  dispose(): void {
    if (this.descriptor === undefined) return;
    closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private end(length: number): number {
    if (this.untilMark === undefined) return length;
    const mark = this.buffer.indexOf(this.untilMark, 0, 'latin1');
    return mark >= 0 && mark < length ? mark : length;
  }
}

/** Reads a small file once; for slow tiers, whose files come and go. */
export function readSystemFile(path: string): Reading {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { absent: absenceOf(error) };
  }
}

/** The number in a file that holds nothing else, as most of /sys does. */
export function readSystemNumber(path: string): number | undefined {
  const reading = readSystemFile(path);
  if ('absent' in reading) return undefined;
  const text = reading.text.trim();
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : undefined;
}

/** Why a system call on a source of figures failed, as far as a person is concerned. */
export function absenceOf(error: unknown): AbsenceReason {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENODEV':
      return 'unsupported';
    case 'EACCES':
    case 'EPERM':
      return 'permissionDenied';
    case 'ETIMEDOUT':
      return 'timedOut';
    default:
      return 'failed';
  }
}
