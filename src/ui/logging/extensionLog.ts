import * as vscode from 'vscode';
import { LogHub } from '../../services/logging/logHub';
import { observeOwnErrors, stackWithin } from '../../services/logging/ownErrors';
import { Redactor } from '../../services/logging/redactor';
import { RotatingFileSink } from '../../services/logging/rotatingFileSink';
import { TerminalSink } from '../../services/logging/terminalSink';
import type { Clock } from '../../shared/clock';
import { DisposableStore } from '../../shared/disposable';
import { Emitter, type Event } from '../../shared/event';
import type { Logger, LogLevel } from '../../shared/logger';
import { OutputChannelSink } from './outputChannelSink';

/** The extension's log: an output channel, a file in the editor's log folder, and errors that nobody caught. */
export class ExtensionLog {
  /** Whoever holds a secret registers it here, before anything can be logged that has it. */
  readonly redactor = new Redactor();
  private readonly store = new DisposableStore();
  private readonly channel = this.store.add(vscode.window.createOutputChannel('Sentinel', { log: true }));
  private readonly ownErrors = this.store.add(new Emitter<unknown>());
  private readonly hub: LogHub;
  private readonly file: RotatingFileSink;

  constructor(context: vscode.ExtensionContext, clock: Clock) {
    this.hub = this.store.add(new LogHub({ clock, redactor: this.redactor }));
    this.hub.addSink(new OutputChannelSink(this.channel));
    // It writes in the background: even the folder is made with the first line.
    this.file = this.store.add(
      new RotatingFileSink({
        folder: context.logUri.fsPath,
        clock,
        onFailure: (error) => {
          this.logger('log').error('The log file cannot be written.', error);
        },
      }),
    );
    this.hub.addSink(this.file);
    // Pressing F5 in Sentinel's own folder shows the log in the debug console.
    if (context.extensionMode === vscode.ExtensionMode.Development) {
      this.hub.addSink(new TerminalSink(process.stdout, process.env));
    }
    this.store.add(
      observeOwnErrors({
        process,
        isOwn: stackWithin(context.extensionPath),
        logger: this.logger('extension'),
        onError: (error) => {
          this.ownErrors.fire(error);
        },
      }),
    );
  }

  /** Errors of Sentinel that nobody caught; they are in the log already. */
  get onOwnError(): Event<unknown> {
    return this.ownErrors.event;
  }

  /** @param area dotted name of the part that writes */
  logger(area: string): Logger {
    return this.hub.logger(area);
  }

  /** Least severe level of the file; the channel has its own, which the Output view sets. */
  setFileLevel(level: LogLevel): void {
    this.hub.level = level;
  }

  show(): void {
    this.channel.show();
  }

  /** Ends the log when all that was written is in the file. */
  async close(): Promise<void> {
    await this.hub.flush();
    this.store.dispose();
    await this.file.flush();
  }
}
