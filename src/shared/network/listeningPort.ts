/** A port on which this machine waits for others. Names of processes are text from outside. */
export interface ListeningPort {
  readonly protocol: 'tcp' | 'udp';
  readonly family: 'ipv4' | 'ipv6';
  /** On which it listens; `0.0.0.0` and `::` are all of the machine's. */
  readonly address: string;
  readonly port: number;
  /** Absent where the system does not tell whose it is. */
  readonly process?: {
    readonly pid: number;
    readonly name: string;
    /** With its arguments. */
    readonly command?: string;
  };
  /** Whose process it is, by name or number. */
  readonly user?: string;
}

/** Why ports, or their processes, are missing. */
export type ListeningProblem =
  | { readonly type: 'unsupportedSystem'; readonly platform: string }
  | { readonly type: 'noTool'; readonly tool: string }
  | { readonly type: 'failed'; readonly message: string }
  /** The system tells this user of no other users' ports. */
  | { readonly type: 'hiddenPorts' }
  /** The tool printed more than is read. */
  | { readonly type: 'cut'; readonly tool: string }
  /** Other users' processes do not show what they have open. */
  | { readonly type: 'hiddenProcesses'; readonly count: number };

export interface ListeningReading {
  /** By number. */
  readonly ports: readonly ListeningPort[];
  readonly problems: readonly ListeningProblem[];
  /** Epoch ms. */
  readonly readAt: number;
}
