import type { VolumeSource } from '../../../../src/services/metrics/remoteVolumes';

/** For tests that are about something else. */
export const noRemoteVolumes: VolumeSource = {
  merge: (volumes) => [...volumes],
  follow: () => undefined,
};
