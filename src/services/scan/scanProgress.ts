import { formatInteger } from '../../shared/presentation/format';
import type { ScanProgress } from '../../shared/protocol/scanWorker';
import type { TaskContext } from '../tasks/task';
import { fileTimeLimitMs } from '../tasks/taskKinds';

/** Opening and judging a file takes some of the time limit however small it is; asking ClamAV about it as much. */
const msPerFile = 100;
/** A folder is not known to its end before it has been walked, so that progress keeps something back. */
const walkingShare = 0.9;
/** A sparse file can claim to be so large that its limit would not fit a timer. */
const longestExtensionMs = 24 * 3_600_000;

/** Makes one percentage of files and bytes, which never goes back, and gives the task time for what is found. */
export class FolderProgress {
  private percent = 0;
  private grantedMs = 0;

  constructor(private readonly context: Pick<TaskContext, 'extendTimeLimit' | 'reportProgress'>) {}

  /** For what is not the target's own: a lost thread, the search for a rule. */
  extend(byMs: number): void {
    extend(this.context, byMs);
  }

  tell({ files, bytes, foundFiles, foundBytes, walking, current }: ScanProgress): void {
    const neededMs = 2 * (fileTimeLimitMs(foundBytes) - fileTimeLimitMs(0)) + foundFiles * msPerFile;
    if (neededMs > this.grantedMs) {
      extend(this.context, neededMs - this.grantedMs);
      this.grantedMs = neededMs;
    }
    const byFiles = foundFiles === 0 ? 0 : files / foundFiles;
    const byBytes = foundBytes === 0 ? byFiles : bytes / foundBytes;
    const share = ((byFiles + byBytes) / 2) * (walking ? walkingShare : 1);
    this.percent = Math.max(this.percent, 100 * Math.min(1, share));
    const counts = `${formatInteger(files)} / ${formatInteger(foundFiles)}${walking ? '+' : ''}`;
    this.context.reportProgress(this.percent, current === undefined ? counts : `${counts} · ${current}`);
  }
}

export function extend(context: Pick<TaskContext, 'extendTimeLimit'>, byMs: number): void {
  if (byMs > 0) context.extendTimeLimit(Math.min(byMs, longestExtensionMs));
}

/** A part of a task's progress, as if it were the whole of it. */
export function partOf(context: TaskContext, share: number, from = 0): TaskContext {
  return {
    ...context,
    reportProgress: (percent, step) => {
      context.reportProgress(from + share * percent, step);
    },
  };
}
