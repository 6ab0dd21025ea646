import type { ReportToHost } from '../../src/shared/protocol/report';
import type { Memory } from './memory';

/** What the parts of a report have in common. */
export interface ReportContext {
  readonly send: (message: ReportToHost) => void;
  readonly memory: Memory;
  /** Of the record on screen: goes with requests that point into it. */
  readonly revision: () => number;
}
