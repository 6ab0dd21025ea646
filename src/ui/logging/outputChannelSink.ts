import type * as vscode from 'vscode';
import { logLevels } from '../../shared/logger';
import { formatBody } from '../../services/logging/logFormat';
import type { LogSink } from '../../services/logging/logHub';
import type { LogRecord, LogThreshold } from '../../services/logging/logRecord';

/** What is used of `vscode.LogOutputChannel`. */
export interface LogChannel extends Pick<
  vscode.LogOutputChannel,
  'trace' | 'debug' | 'info' | 'warn' | 'error'
> {
  /** A `vscode.LogLevel`. */
  readonly logLevel: number;
}

/** Writes to VS Code's own log channel, which adds time and level and lets the user choose what it shows. */
export class OutputChannelSink implements LogSink {
  constructor(private readonly channel: LogChannel) {}

  /** The channel's own level, so that what it would drop is not even formatted. */
  get level(): LogThreshold {
    // vscode.LogLevel: Off is 0, the levels follow in rising severity.
    return logLevels[this.channel.logLevel - 1] ?? 'off';
  }

  write(record: LogRecord): void {
    const text = formatBody(record);
    switch (record.level) {
      case 'trace':
        this.channel.trace(text);
        break;
      case 'debug':
        this.channel.debug(text);
        break;
      case 'info':
        this.channel.info(text);
        break;
      case 'warning':
        this.channel.warn(text);
        break;
      case 'error':
        this.channel.error(text);
        break;
    }
  }
}
