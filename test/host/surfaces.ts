import { eventSurfaces } from './surfaces/events';
import { linkSurfaces } from './surfaces/links';
import { livePanelSurfaces } from './surfaces/livePanel';
import { networkSurfaces } from './surfaces/network';
import { overviewSurface } from './surfaces/overview';
import { quarantineSurfaces } from './surfaces/quarantine';
import { scanSurfaces } from './surfaces/scans';
import { setupSurfaces } from './surfaces/setup';
import type { Surface } from './surfaces/surface';
import { taskSurfaces } from './surfaces/tasks';

/** All surfaces, in the order in which a person meets them. */
export const surfaces: readonly Surface[] = [
  overviewSurface,
  ...livePanelSurfaces,
  ...taskSurfaces,
  ...scanSurfaces,
  ...linkSurfaces,
  ...quarantineSurfaces,
  ...networkSurfaces,
  ...eventSurfaces,
  ...setupSurfaces,
];
