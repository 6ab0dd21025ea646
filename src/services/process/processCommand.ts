import type { Line, StreamEncoding } from './lineSplitter';

/** A program to run. Nothing in it passes through a shell. */
export interface ProcessCommand {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the reduced environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** `closed` (the default): nothing to read. `open`: until `endInput`. Otherwise what is written to it. */
  readonly input?: 'closed' | 'open' | { readonly data: string | Uint8Array };
  readonly timeLimitMs?: number;
  readonly signal?: AbortSignal;
  /** How long the group may take to obey SIGTERM before it gets SIGKILL. */
  readonly graceMs?: number;
  /** Told of each line of stdout as it comes. */
  readonly onLine?: (line: Line) => void;
  readonly onErrorLine?: (line: Line) => void;
  readonly maxLineLength?: number;
  /** Of the lines of stdout; UTF-8 unless given. */
  readonly outputEncoding?: StreamEncoding;
  /** How much of each stream is kept for the result; 0 keeps nothing. What comes after is read and dropped. */
  readonly maxOutputBytes?: number;
  /**
   * True for Sentinel's own children that end when their stdin closes; `input` must be `open` then. All others
   * are put under the orphan guard.
   */
  readonly endsWithInput?: boolean;
}

/** How a process ended. */
export type ProcessEnd =
  | { readonly status: 'exited'; readonly exitCode: number }
  /** By somebody else's signal, or its own fault such as SIGSEGV. */
  | { readonly status: 'signalled'; readonly signal: string }
  | { readonly status: 'timedOut'; readonly limitMs: number }
  | { readonly status: 'cancelled' }
  /** @property code of the system (`ENOENT`, `EACCES`, …) or `NOT_ABSOLUTE` */
  | { readonly status: 'notStarted'; readonly code: string; readonly message: string };

export interface CapturedOutput {
  readonly text: string;
  /** More came than was kept. */
  readonly truncated: boolean;
}

export interface ProcessResult {
  readonly end: ProcessEnd;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  readonly durationMs: number;
}

/** The host's own Node running a script of Sentinel's, which must end when its stdin closes. */
export function nodeCommand(script: string, args: readonly string[] = []): ProcessCommand {
  return {
    file: process.execPath,
    args: [script, ...args],
    // In VS Code the host's program is Electron, which would open a window without this.
    env: { ELECTRON_RUN_AS_NODE: '1' },
    input: 'open',
    endsWithInput: true,
  };
}
