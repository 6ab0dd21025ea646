import type { AbsenceReason, AbsentFigures } from '../../shared/metrics/snapshot';

/** Collects which figures a snapshot lacks, and why, while it is put together. */
export class Absences {
  readonly figures: AbsentFigures = {};

  add(path: string, reason: AbsenceReason): void {
    this.figures[path] = reason;
  }

  /** Notes `reason` under each of `paths`. */
  addAll(paths: readonly string[], reason: AbsenceReason): void {
    for (const path of paths) this.figures[path] = reason;
  }

  /** Passes `value` on; notes `path` as absent where it is undefined. */
  noted<T>(path: string, value: T | undefined, reason: AbsenceReason): T | undefined {
    if (value === undefined) this.figures[path] = reason;
    return value;
  }
}
