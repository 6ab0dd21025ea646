import type { EngineReport, Finding } from '../../shared/scan/record';

/** A file that is being scanned, as far as local evidence knows it. */
export interface FileTarget {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the content that was scanned; absent where it could not be read whole. */
  readonly sha256?: string;
}

/** What an engine came to. Its findings bear its id; the report's state is what it says for itself. */
export interface EngineAnswer {
  readonly report: EngineReport;
  readonly findings: readonly Finding[];
}

export interface EngineControl {
  /** Aborted when the scan is to end. */
  readonly signal: AbortSignal;
  /** A sign of life, with what it is busy with, such as waiting for its turn. */
  readonly tell: (step: string) => void;
}

/**
 * An engine beside the local ones, asked about single files. It never rejects: that it failed, was not asked or did not
 * answer in time is an answer, with its reason.
 */
export interface FileEngine {
  /** Of its reports and findings. */
  readonly id: string;
  /** How long it may take about one file; absent: ten minutes. */
  readonly timeLimitMs?: number;
  ask(target: FileTarget, control: EngineControl): Promise<EngineAnswer>;
  /**
   * Why it is not asked about files of a folder on which others alarm, found out without asking anybody; undefined where
   * it is asked. Absent: it always is.
   */
  declinesFolders?(): Promise<EngineReport | undefined>;
}
