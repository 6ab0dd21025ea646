import { StartupOrchestrator } from '../../../../src/services/startup/orchestrator';
import type { StartupContext } from '../../../../src/services/startup/taskAttempt';
import { errorMessage } from '../../../../src/shared/errors';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLogger } from '../../support/recordingLogger';

export interface Harness {
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly startup: StartupOrchestrator;
  /** What the orchestrator told, in order. */
  readonly events: string[];
}

export function setUp(): Harness {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const startup = new StartupOrchestrator(clock, logger);
  const events: string[] = [];
  startup.onPhaseChanged(({ phase }) => events.push(`phase ${phase}`));
  startup.onTaskStarted(({ name, phase }) => events.push(`${clock.monotonicMs()} start ${name} ${phase}`));
  startup.onTaskCompleted(({ name, elapsedMs, phase }) => events.push(`done ${name} ${elapsedMs} ${phase}`));
  startup.onTaskFailed(({ name, error, phase }) => events.push(`failed ${name} ${String(error)} ${phase}`));
  startup.onStartupComplete(({ successful, failed, total }) =>
    events.push(`complete ${successful}/${failed}/${total}`),
  );
  return { clock, logger, startup, events };
}

/** A task that ends when the test says so. */
export interface HeldTask {
  signal: AbortSignal | undefined;
  calls: number;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
  readonly fn: (context: StartupContext) => Promise<undefined>;
}

export function held(): HeldTask {
  let resolve: (value: undefined) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<undefined>((...ends) => {
    [resolve, reject] = ends;
  });
  const task: HeldTask = {
    signal: undefined,
    calls: 0,
    end: () => {
      resolve(undefined);
    },
    fail: (error: Error) => {
      reject(error);
    },
    fn: ({ signal }) => {
      task.signal = signal;
      task.calls++;
      return promise;
    },
  };
  return task;
}

export const never = (): Promise<never> => new Promise(() => undefined);
export const fail = (message: string) => (): never => {
  throw new Error(message);
};

/** What was logged as `level message` or, with a cause, `level message | cause's message`. */
export function logLines({ entries }: RecordingLogger): string[] {
  return entries.map(({ level, message, cause }) =>
    cause === undefined ? `${level} ${message}` : `${level} ${message} | ${errorMessage(cause)}`,
  );
}
