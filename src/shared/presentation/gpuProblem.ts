import type { GpuState } from '../gpu/gpu';

/** Why telemetry is off or incomplete, in a sentence. */
export function gpuProblemText({ failures, reason }: GpuState): string {
  if (reason === undefined) return 'The log tells more.';
  return failures === undefined ? reason : gpuFailuresText(failures, reason);
}

/** @param reason of the last failure; of several lines, the first says what happened and the rest where */
function gpuFailuresText(failures: number, reason: string): string {
  return `Its process failed ${failures} times in a row. The last time: ${firstLine(reason)}.`;
}

export function firstLine(text: string): string {
  return (text.trim().split('\n', 1)[0] ?? '').trim().replace(/\.$/, '');
}
