import type { Task, TaskOutcome } from '../../services/tasks/task';
import type { TaskKind } from '../../services/tasks/taskKinds';
import { plainText } from '../../shared/presentation/plainText';
import { exportFailureText } from '../history/exportTexts';
import type { Translate } from '../translate';

/** `45 %`. Never 100 before the end: rounding must not promise it. */
export function percentText(percent: number): string {
  return `${Math.floor(percent)} %`;
}

/** `7 s`, `1 min 7 s`, `2 h 5 min`; what is too short to be counted is `0 s`. */
export function durationText(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return joined(`${hours} h`, minutes % 60, 'min');
  return minutes > 0 ? joined(`${minutes} min`, seconds % 60, 's') : `${seconds} s`;
}

function joined(large: string, small: number, unit: string): string {
  return small === 0 ? large : `${large} ${small} ${unit}`;
}

/** A codicon that tells a task's state. */
export function statusIcon(task: Task<unknown>): string {
  if (task.ending !== undefined) return '$(stop-circle)';
  switch (task.status) {
    case 'running':
      return '$(sync~spin)';
    case 'paused':
      return '$(debug-pause)';
    case 'queued':
      return '$(clock)';
    case 'finished':
    case 'failed':
    case 'cancelled':
    case 'timedOut':
    case 'stalled':
      return '$(check)';
  }
}

/** State with the time spent in it: `Running for 12 s`. */
function statusText(task: Task<unknown>, t: Translate): string {
  const { queuedMs, runningMs, pausedMs } = task.metrics;
  switch (task.ending) {
    case 'cancelled':
      return t('Cancelling');
    case 'timedOut':
    case 'stalled':
      return t('Being stopped');
    case undefined:
      break;
  }
  switch (task.status) {
    case 'queued':
      return t('Waiting for {0}', durationText(queuedMs));
    case 'running':
      return t('Running for {0}', durationText(runningMs));
    case 'paused':
      return t('Paused for {0}', durationText(pausedMs));
    case 'finished':
    case 'failed':
    case 'cancelled':
    case 'timedOut':
    case 'stalled':
      return t('Ended');
  }
}

/** Everything but the title: `45 % · Running for 12 s · File · setup.exe (3/5)`. */
export function taskSummary(task: Task<unknown>, t: Translate): string {
  const { percent, step } = task;
  return [
    ...(percent === undefined ? [] : [percentText(percent)]),
    statusText(task, t),
    kindText(task.kind, t),
    ...(step === undefined ? [] : [plainText(step)]),
  ].join(' · ');
}

/** What a progress notification says below its title: `45 % · setup.exe (3/5)`. */
export function progressText(task: Task<unknown>, t: Translate): string {
  const { percent, step } = task;
  if (task.ending !== undefined) return `${statusText(task, t)}…`;
  if (task.status === 'queued') return t('waiting for other tasks');
  if (task.status === 'paused') {
    return percent === undefined ? t('paused') : t('paused at {0}', percentText(percent));
  }
  return [
    ...(percent === undefined ? [] : [percentText(percent)]),
    ...(step === undefined ? [] : [plainText(step)]),
  ].join(' · ');
}

/** How a task ended, in a sentence; undefined where a person needs none. */
export function outcomeText(title: string, outcome: TaskOutcome<unknown>, t: Translate): string | undefined {
  switch (outcome.status) {
    case 'finished':
    case 'cancelled':
      return undefined;
    case 'timedOut':
      return t('{0}: stopped, because it took longer than {1}.', title, durationText(outcome.limitMs));
    case 'stalled':
      return t(
        '{0}: stopped, because it gave no sign of life for {1}.',
        title,
        durationText(outcome.silentMs),
      );
    case 'failed':
      return t('{0}: failed. {1}', title, failureText(outcome.error.code, t));
  }
}

function failureText(code: string, t: Translate): string {
  switch (code) {
    case 'worker.outOfMemory':
      return t('It needed more memory than it may use.');
    case 'worker.startFailed':
      return t('The thread for it could not be started.');
    case 'worker.exit':
    case 'worker.error':
    case 'worker.silent':
      return t('The thread that did it ended unexpectedly.');
    default:
      return exportFailureText(code, t) ?? t('The log says why.');
  }
}

function kindText(kind: TaskKind, t: Translate): string {
  switch (kind) {
    case 'file':
      return t('File');
    case 'url':
      return t('Link');
    case 'networkQuick':
    case 'networkThorough':
      return t('Network');
    case 'events':
      return t('System events');
    case 'history':
      return t('History');
    case 'export':
      return t('Export');
  }
}
