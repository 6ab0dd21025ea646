import type { Logger, LogLevel } from '../../../src/shared/logger';

/** Keeps what was logged, for tests to look at. */
export class RecordingLogger implements Logger {
  readonly entries: { level: LogLevel; message: string; cause?: unknown }[] = [];

  trace(message: string): void {
    this.entries.push({ level: 'trace', message });
  }

  debug(message: string): void {
    this.entries.push({ level: 'debug', message });
  }

  info(message: string): void {
    this.entries.push({ level: 'info', message });
  }

  warning(message: string): void {
    this.entries.push({ level: 'warning', message });
  }

  error(message: string, cause?: unknown): void {
    this.entries.push({ level: 'error', message, cause });
  }

  of(level: LogLevel): string[] {
    return this.entries.filter((entry) => entry.level === level).map((entry) => entry.message);
  }
}
