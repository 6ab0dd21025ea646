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

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out keys whose value is undefined: a snapshot says "absent" by not having the key. */
export function defined<T extends object>(object: T): Defined<T> {
  const result: Partial<T> = {};
  for (const key of Object.keys(object) as (keyof T)[]) {
    if (object[key] !== undefined) result[key] = object[key];
  }
  // The compiler cannot follow that the keys left are those with a value.
  return result as unknown as Defined<T>;
}
