import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Disposable } from '../../../shared/disposable';
import type { AbsenceReason } from '../../../shared/metrics/snapshot';

/** The text of a file under /proc or /sys, or why there is none. */
export type Reading = { readonly text: string } | { readonly absent: AbsenceReason };

/** Far beyond any machine: 4 MiB are 40,000 network interfaces. */
const maxBufferBytes = 4 * 1_024 * 1_024;

/** The smallest page that kernels have, and more than any row of the tables read here. */
const pageBytes = 4_096;
const longestRowBytes = 2_048;

/** Memory that all files of one sampler are read into, one after the other. */
export class ReadBuffer {
  bytes: Buffer;

  constructor(
    initialBytes: number,
    private readonly maxBytes: number = maxBufferBytes,
  ) {
    this.bytes = Buffer.alloc(initialBytes);
  }

  /** Doubles it and keeps the content. @returns whether there was room to grow */
  grow(): boolean {
    if (this.bytes.length >= this.maxBytes) return false;
    const larger = Buffer.alloc(Math.min(2 * this.bytes.length, this.maxBytes));
    this.bytes.copy(larger);
    this.bytes = larger;
    return true;
  }
}

/**
 * A file under /proc or /sys that is read at every tick. It stays open: the kernel makes its content anew for
 * each read from position 0, so that a read costs next to no system calls and no garbage but the text.
 */
export class SystemFile implements Disposable {
  private descriptor: number | undefined;

  /**
   * @param buffer shared by all files of one sampler; content beyond its limit is cut off behind a whole line
   * @param untilMark reads on only as far as this text, which saves reading and decoding what nobody needs
   */
  constructor(
    private readonly path: string,
    private readonly buffer: ReadBuffer,
    private readonly untilMark?: string,
  ) {}

  read(): Reading {
    try {
      this.descriptor ??= openSync(this.path, 'r');
      const length = this.fill(this.descriptor);
      return { text: this.buffer.bytes.toString('latin1', 0, length) };
    } catch (error) {
      // The next tick opens it anew: a device or a mount may have come back.
      this.dispose();
      return { absent: failureReason(error) };
    }
  }

  dispose(): void {
    if (this.descriptor === undefined) return;
    closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  /** @returns how many bytes of the buffer hold what was asked for */
  private fill(descriptor: number): number {
    let length = 0;
    for (;;) {
      const { bytes } = this.buffer;
      const count = readSync(descriptor, bytes, length, bytes.length - length, length);
      const end = this.markWithin(length, length + count);
      if (end !== undefined) return end;
      length += count;
      // Tables such as /proc/net/dev come a page at a time, as many rows as fit, whatever was asked for. One that
      // leaves room for a row has no more; asking on would double the system calls of a tick.
      if (count < pageBytes - longestRowBytes && length < bytes.length) return length;
      if (length === bytes.length && !this.buffer.grow()) return bytes.lastIndexOf('\n', length - 1) + 1;
    }
  }

  /** Where the mark begins in what was read last; it may have begun in the part before. */
  private markWithin(from: number, to: number): number | undefined {
    if (this.untilMark === undefined) return undefined;
    const start = Math.max(0, from - this.untilMark.length + 1);
    const mark = this.buffer.bytes.subarray(start, to).indexOf(this.untilMark, 0, 'latin1');
    return mark < 0 ? undefined : start + mark;
  }
}

/** Reads a small file once; for slow tiers, whose files come and go. */
export function readSystemFile(path: string): Reading {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { absent: failureReason(error) };
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
export function failureReason(error: unknown): AbsenceReason {
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
