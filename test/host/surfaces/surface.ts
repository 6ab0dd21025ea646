import type { Workbench, WorkbenchOptions } from '../../e2e/support/workbench';
import type { HostServer } from '../server';

/** Where a surface may put what it shows. All of it goes when the tool ends. */
export interface Stage {
  readonly server: HostServer;
  /** The folder that the window opens. */
  readonly project: string;
  /** Stands first in the server's PATH. */
  readonly tools: string;
}

/** Something of Sentinel that a person sees, and how to bring it on screen. */
export interface Surface {
  /** Name of the picture's file. */
  readonly name: string;
  readonly window: WorkbenchOptions;
  /** What has to be there before the window opens. */
  readonly prepare?: (stage: Stage) => Promise<void> | void;
  readonly show: (workbench: Workbench, stage: Stage) => Promise<void>;
  /** What each picture needs anew, such as a hover that a change of the theme ends. */
  readonly pose?: (workbench: Workbench) => Promise<void>;
}

/** Charts are worth a picture once they have a line: some samples at the shortest interval. */
export const fastMetrics = {
  'sentinel.metrics.intervalSeconds': 1,
  'sentinel.metrics.backgroundIntervalSeconds': 1,
};
