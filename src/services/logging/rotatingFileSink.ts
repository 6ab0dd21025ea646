import { mkdir, open } from 'node:fs/promises';
import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { logFilePath, rotateLogFiles } from './logFiles';
import { formatRecord } from './logFormat';
import type { LogSink } from './logHub';
import type { LogRecord, LogThreshold } from './logRecord';

export interface RotatingFileSinkOptions {
  /** Made when it is missing. One process writes in it at a time: the editor gives each window its own. */
  readonly folder: string;
  readonly clock: Clock;
  /** Of the files, without `.log`. */
  readonly name?: string;
  readonly maxBytes?: number;
  readonly maxFiles?: number;
  /** Text that may wait for the disk; what comes on top is dropped and counted. */
  readonly maxWaitingBytes?: number;
  readonly level?: LogThreshold;
  /** Told once each time that writing begins to fail. */
  readonly onFailure?: (error: unknown) => void;
}

const megabyte = 1024 * 1024;

interface Line {
  readonly text: string;
  readonly bytes: number;
  /** Records that are gone when this line is: 1, or as many as a note speaks of. */
  readonly records: number;
}

/**
 * Appends records to `sentinel.log`, which becomes `sentinel.1.log` when the next record would take it past its size.
 * Writes are asynchronous and in order. A disk that fails never disturbs the caller: lines are dropped, and a line
 * says how many as soon as writing works again.
 *
 * The file is opened for each batch: a held one would keep its disk space when a person removes it, and cannot be
 * renamed on Windows.
 */
export class RotatingFileSink implements LogSink, Disposable {
  private readonly options: Required<Omit<RotatingFileSinkOptions, 'level' | 'onFailure'>>;
  private readonly onFailure: (error: unknown) => void;
  readonly level?: LogThreshold;

  private waiting: Line[] = [];
  private waitingBytes = 0;
  /** Lines that found no room behind those that wait. */
  private overflowed = 0;
  /** Lines that the disk did not take, older than those that wait. */
  private lost = 0;
  private failing = false;
  private writer: Promise<void> | undefined;
  private disposed = false;

  constructor({ level, onFailure, ...options }: RotatingFileSinkOptions) {
    this.options = {
      name: 'sentinel',
      maxBytes: megabyte,
      maxFiles: 10,
      maxWaitingBytes: 4 * megabyte,
      ...options,
    };
    this.onFailure = onFailure ?? (() => undefined);
    if (level !== undefined) this.level = level;
  }

  write(record: LogRecord): void {
    if (this.disposed) return;
    const line = lineOf(record);
    if (this.waitingBytes + line.bytes > this.options.maxWaitingBytes) {
      this.overflowed++;
      return;
    }
    this.waiting.push(line);
    this.waitingBytes += line.bytes;
    this.writer ??= this.writeAll().finally(() => {
      this.writer = undefined;
    });
  }

  async flush(): Promise<void> {
    while (this.writer !== undefined) await this.writer;
  }

  /** Takes no more records; what waits is still written. Await `flush` after it. */
  dispose(): void {
    this.disposed = true;
  }

  private async writeAll(): Promise<void> {
    // Lets what is logged in the same tick join the first batch.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const lines = this.waiting;
      if (this.lost > 0) lines.unshift(this.note(this.lost));
      if (this.overflowed > 0) lines.push(this.note(this.overflowed));
      this.waiting = [];
      this.waitingBytes = 0;
      this.overflowed = 0;
      this.lost = 0;
      let written = 0;
      try {
        while (written < lines.length) written += await this.append(lines.slice(written));
        this.failing = false;
      } catch (error) {
        for (const { records } of lines.slice(written)) this.lost += records;
        this.fail(error);
      }
    }
  }

  /** Writes as many lines as the current file has room for, at least one, and says how many. */
  private async append(lines: readonly Line[]): Promise<number> {
    const { folder, name, maxBytes, maxFiles } = this.options;
    await mkdir(folder, { recursive: true });
    // File names and addresses stand in it: for this user's eyes only.
    let file = await open(logFilePath(folder, name, 0), 'a', 0o600);
    try {
      let { size } = await file.stat();
      if (size > 0 && size + (lines[0]?.bytes ?? 0) > maxBytes) {
        await file.close();
        await rotateLogFiles(folder, name, maxFiles);
        file = await open(logFilePath(folder, name, 0), 'a', 0o600);
        size = 0;
      }
      let count = 0;
      while (count < lines.length && (count === 0 || size + (lines[count]?.bytes ?? 0) <= maxBytes)) {
        size += lines[count]?.bytes ?? 0;
        count++;
      }
      await file.appendFile(
        lines
          .slice(0, count)
          .map(({ text }) => text)
          .join(''),
      );
      return count;
    } finally {
      await file.close();
    }
  }

  private note(count: number): Line {
    const message = `${count} lines dropped`;
    return lineOf({ timeMs: this.options.clock.now(), level: 'warning', area: 'log', message }, count);
  }

  private fail(error: unknown): void {
    if (this.failing) return;
    this.failing = true;
    try {
      this.onFailure(error);
    } catch {
      // Whoever cannot be told about a failing log cannot be told about that either.
    }
  }
}

function lineOf(record: LogRecord, records = 1): Line {
  const text = `${formatRecord(record)}\n`;
  return { text, bytes: Buffer.byteLength(text), records };
}
