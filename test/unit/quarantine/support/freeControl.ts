import type { QuarantineControl } from '../../../../src/services/quarantine/action';

/** A control that nobody cancels. */
export const freeControl: QuarantineControl = {
  checkpoint: () => undefined,
  reportProgress: () => undefined,
  count: () => undefined,
};
