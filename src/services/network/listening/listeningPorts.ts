import type { Clock } from '../../../shared/clock';
import type {
  ListeningPort,
  ListeningProblem,
  ListeningReading,
} from '../../../shared/network/listeningPort';
import type { ProcessRunner } from '../../process/processRunner';
import { linuxPorts } from './linuxPorts';
import {
  lsofArguments,
  netstatArguments,
  parseLsof,
  parseNetstat,
  parseTasklist,
  tasklistArguments,
} from './systemTools';

export interface ListeningPortsOptions {
  readonly platform: NodeJS.Platform;
  /** Whether the system tells this user everything: on macOS, the administrator alone. */
  readonly seesAll: boolean;
  readonly runner: Pick<ProcessRunner, 'run'>;
  /** The absolute path of a program. */
  readonly findTool: (name: string) => Promise<string | undefined>;
  readonly clock: Pick<Clock, 'now'>;
}

const timeLimitMs = 10_000;

/** Thrown within; what is expected comes as data. */
class ToolProblem extends Error {
  constructor(readonly problem: ListeningProblem) {
    super(problem.type);
  }
}

/** On which ports this machine waits for others, and which process does, as far as the system tells. */
export class ListeningPorts {
  constructor(private readonly options: ListeningPortsOptions) {}

  /** Never rejects: what is missing, and why, stands in the reading. */
  async read(): Promise<ListeningReading> {
    const { ports, problems } = await this.readSystem();
    return { ports: inOrder(ports), problems, readAt: this.options.clock.now() };
  }

  private async readSystem(): Promise<Pick<ListeningReading, 'ports' | 'problems'>> {
    const { platform } = this.options;
    try {
      if (platform === 'linux' || platform === 'android') return await linuxPorts();
      if (platform === 'darwin') {
        const { text, problems } = await this.run('lsof', lsofArguments);
        const hidden = this.options.seesAll ? [] : [{ type: 'hiddenPorts' } as const];
        return { ports: parseLsof(text), problems: [...problems, ...hidden] };
      }
      if (platform === 'win32') return await this.windowsPorts();
      return { ports: [], problems: [{ type: 'unsupportedSystem', platform }] };
    } catch (error) {
      if (error instanceof ToolProblem) return { ports: [], problems: [error.problem] };
      throw error;
    }
  }

  private async windowsPorts(): Promise<Pick<ListeningReading, 'ports' | 'problems'>> {
    const [connections, names] = await Promise.all([
      this.run('netstat', netstatArguments),
      // Ports without names are worth showing, too.
      this.run('tasklist', tasklistArguments).catch(() => ({ text: '' })),
    ]);
    const ports = parseNetstat(connections.text, parseTasklist(names.text));
    return { ports, problems: connections.problems };
  }

  private async run(
    tool: string,
    args: readonly string[],
  ): Promise<{ readonly text: string; readonly problems: readonly ListeningProblem[] }> {
    const file = await this.options.findTool(tool);
    if (file === undefined) throw new ToolProblem({ type: 'noTool', tool });
    const { end, stdout, stderr } = await this.options.runner.run({ file, args, timeLimitMs });
    // lsof ends with 1 where there is nothing to list, and where it could not look everywhere.
    if (end.status === 'exited' && (end.exitCode === 0 || (tool === 'lsof' && stderr.text.trim() === ''))) {
      return { text: stdout.text, problems: stdout.truncated ? [{ type: 'cut', tool }] : [] };
    }
    const said = stderr.text.trim().split('\n')[0] ?? '';
    throw new ToolProblem({
      type: 'failed',
      message: said === '' ? `${tool}: ${end.status}` : said.slice(0, 300),
    });
  }
}

function inOrder(ports: readonly ListeningPort[]): readonly ListeningPort[] {
  const unique = new Map(
    ports.map((port) => [[port.protocol, port.address, port.port, port.process?.pid].join(' '), port]),
  );
  return [...unique.values()].sort(
    (one, other) =>
      one.port - other.port ||
      one.protocol.localeCompare(other.protocol) ||
      one.address.localeCompare(other.address),
  );
}
