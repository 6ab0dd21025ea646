import type { GpuSource } from '../../../../src/services/metrics/metricsService';

/** For tests that are about something else. */
export const noGpu: GpuSource = {
  state: { status: 'notStarted', count: 0, devices: [] },
  cost: undefined,
  follow: () => undefined,
};
