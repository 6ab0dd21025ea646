/** A moment around a step of what is done to the disk. */
export type FaultPoint<Step extends string> = `before ${Step}` | `after ${Step}`;

/** Called around every step; a test throws in it or ends its process. */
export type FaultHook<Step extends string> = (point: FaultPoint<Step>) => void;

/** Runs something between its two fault points. */
export function faultStep<Step extends string, T>(
  faults: FaultHook<Step> | undefined,
  step: Step,
  action: () => T,
): T {
  faults?.(`before ${step}`);
  const result = action();
  faults?.(`after ${step}`);
  return result;
}
