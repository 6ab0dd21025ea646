import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import { Emitter } from '../../shared/event';
import type { LogLevel, Logger } from '../../shared/logger';
import { type LogRecord, type LogThreshold, isAtLeast, stackWithCauses } from './logRecord';
import type { Redactor } from './redactor';

/** Where records go. */
export interface LogSink {
  /** A sink that filters for itself says how; one that does not follows the hub's level. Read for each message. */
  readonly level?: LogThreshold;
  write(record: LogRecord): void;
  /** Resolves when everything written so far is where it belongs. Never rejects. */
  flush?(): Promise<void>;
}

export interface LogHubOptions {
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** For `onRecord` and for sinks without a level of their own. */
  readonly level?: LogLevel;
}

const ownArea = 'log';

/** Gives loggers to the parts of Sentinel and what they write, without secrets, to the sinks. */
export class LogHub implements Disposable {
  /** Least severe level for `onRecord` and for sinks without a level of their own; may change at any time. */
  level: LogLevel;

  private sinks: readonly LogSink[] = [];
  private readonly failedSinks = new WeakSet<LogSink>();
  private telling = false;
  private disposed = false;
  private readonly record = new Emitter<LogRecord>((error) => {
    this.log('error', ownArea, 'A listener of the log failed', error);
  });

  /** What a listener logs while it is told goes to the sinks alone, or each record would cause the next. */
  readonly onRecord = this.record.event;

  constructor(private readonly options: LogHubOptions) {
    this.level = options.level ?? 'info';
  }

  /** The sink is not ended by the hub. */
  addSink(sink: LogSink): Disposable {
    this.sinks = [...this.sinks, sink];
    return toDisposable(() => {
      this.sinks = this.sinks.filter((other) => other !== sink);
    });
  }

  /** @param area dotted name of the part that writes, such as `metrics.worker` */
  logger(area: string): Logger {
    const at =
      (level: LogLevel) =>
      (message: string): void => {
        this.log(level, area, message);
      };
    return {
      trace: at('trace'),
      debug: at('debug'),
      info: at('info'),
      warning: at('warning'),
      error: (message, cause) => {
        this.log('error', area, message, cause);
      },
    };
  }

  async flush(): Promise<void> {
    await Promise.all(this.sinks.map(async (sink) => sink.flush?.()));
  }

  /** Loggers go on working and write nothing. Await `flush` before, so that nothing written is lost. */
  dispose(): void {
    this.disposed = true;
    this.sinks = [];
    this.record.dispose();
  }

  private log(level: LogLevel, area: string, message: string, cause?: unknown): void {
    if (this.disposed) return;
    const takers = this.sinks.filter((sink) => isAtLeast(level, sink.level ?? this.level));
    const tell = !this.telling && this.record.listenerCount > 0 && isAtLeast(level, this.level);
    if (takers.length === 0 && !tell) return;
    const record = this.makeRecord(level, area, message, cause);
    for (const sink of takers) this.writeTo(sink, record);
    if (!tell) return;
    this.telling = true;
    try {
      this.record.fire(record);
    } finally {
      this.telling = false;
    }
  }

  private makeRecord(level: LogLevel, area: string, message: string, cause: unknown): LogRecord {
    const { clock, redactor } = this.options;
    return {
      timeMs: clock.now(),
      level,
      area: redactor.redact(area),
      message: redactor.redact(message),
      ...(cause === undefined ? {} : { stack: redactor.redact(stackWithCauses(cause)) }),
    };
  }

  /** A sink that throws is told about once, to the others: a log must not break what it watches. */
  private writeTo(sink: LogSink, record: LogRecord): void {
    try {
      sink.write(record);
    } catch (error) {
      if (this.failedSinks.has(sink)) return;
      this.failedSinks.add(sink);
      this.log('error', ownArea, 'A place where the log is written failed', error);
    }
  }
}
