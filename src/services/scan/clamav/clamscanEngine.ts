import { defined } from '../../../shared/defined';
import type { EngineReason, EngineReport } from '../../../shared/scan/record';
import type { ProcessCommand, ProcessResult } from '../../process/processCommand';
import { engineNames, notAsked } from '../engines';
import type { EngineAnswer, EngineControl, FileEngine, FileTarget } from '../fileEngine';
import { type ClamdVersion, parseVersion } from './clamdReplies';
import { isAboutLimits, signatureFinding } from './signatureFinding';

export interface ClamscanOptions {
  /** The absolute path of the program; undefined where there is none. */
  readonly find: () => Promise<string | undefined>;
  /** To be called when it turned out to be gone. */
  readonly forget: () => void;
  readonly run: (command: ProcessCommand) => Promise<ProcessResult>;
  readonly isEnabled: () => boolean;
  /** Where signatures are, if not in their usual place. */
  readonly databaseFolder?: string;
}

/** Loading the signatures takes a quarter of a minute by itself, and longer from a slow disk. */
const loadingMs = 120_000;
const bytesPerMs = 1_000;
const versionMs = 10_000;
const maxOutputBytes = 64 * 1024;

/** The exit codes of clamscan. */
const exitCodes = { clean: 0, found: 1 } as const;

/**
 * ClamAV without its service: a program that reads all signatures anew for each question. It is asked about single files,
 * and only where no clamd was found.
 */
export class ClamscanEngine implements FileEngine {
  readonly id = 'clamav';
  readonly timeLimitMs = 15 * 60_000;

  constructor(private readonly options: ClamscanOptions) {}

  async declinesFolders(): Promise<EngineReport | undefined> {
    if (!this.options.isEnabled()) return notAsked('clamav', 'switchedOff');
    return (await this.options.find()) === undefined
      ? notAsked('clamav', 'notFound')
      : notAsked('clamav', 'notApplicable', 'clamscan is asked about single files; folders need clamd');
  }

  async ask({ path, sizeBytes }: FileTarget, { signal, tell }: EngineControl): Promise<EngineAnswer> {
    const { find, isEnabled } = this.options;
    if (!isEnabled()) return without(notAsked('clamav', 'switchedOff'));
    const file = await find();
    if (file === undefined) return without(notAsked('clamav', 'notFound'));
    tell('clamscan');
    const [result, version] = await Promise.all([
      this.scan(file, path, loadingMs + sizeBytes / bytesPerMs, signal),
      this.version(file, signal),
    ]);
    const { report, findings } = this.answerOf(path, result);
    const known = report.state === 'notAsked' ? {} : { ...version, sendsAway: false };
    return { report: { ...report, ...known }, findings };
  }

  private scan(file: string, path: string, timeLimitMs: number, signal: AbortSignal): Promise<ProcessResult> {
    const { run, databaseFolder } = this.options;
    const database = databaseFolder === undefined ? [] : [`--database=${databaseFolder}`];
    // What it did not look at for its size, it would else call clean.
    const args = ['--stdout', '--no-summary', '--alert-exceeds-max=yes', ...database, path];
    return run({ file, args, timeLimitMs, signal, maxOutputBytes });
  }

  private async version(file: string, signal: AbortSignal): Promise<Partial<ClamdVersion>> {
    const { stdout } = await this.options.run({
      file,
      args: ['--version'],
      timeLimitMs: versionMs,
      signal,
      maxOutputBytes,
    });
    try {
      return parseVersion(stdout.text.trim());
    } catch {
      // What it says about the file counts all the same.
      return {};
    }
  }

  private answerOf(path: string, { end, stdout, stderr }: ProcessResult): EngineAnswer {
    switch (end.status) {
      case 'timedOut':
        return failed('timedOut');
      case 'cancelled':
        return failed('cancelled');
      case 'signalled':
        return failed('failed', `ended by ${end.signal}`);
      case 'notStarted':
        this.options.forget();
        return failed('failed', end.message);
      case 'exited':
        return answerOf(path, end.exitCode, `${stdout.text}\n${stderr.text}`);
    }
  }
}

/** The exit code and the line about the file have to say the same. */
function answerOf(path: string, exitCode: number, output: string): EngineAnswer {
  // A name may have lines of its own, which look like answers.
  const at = output.indexOf(`${path}: `);
  const line = at < 0 ? '' : (output.slice(at + path.length + 2).split('\n', 1)[0] ?? '');
  if (exitCode === exitCodes.clean && /^(?:OK|Empty file)$/.test(line)) return without(report('noHit'));
  const signature = /^(?<name>\S{1,300}) FOUND$/.exec(line)?.groups?.['name'];
  if (exitCode === exitCodes.found && signature !== undefined) {
    if (isAboutLimits(signature)) {
      return without({ ...report('partial'), reason: 'partial', detail: signature });
    }
    return { report: report('hit'), findings: [signatureFinding(signature)] };
  }
  if (output.includes('No supported database files found')) {
    return without(notAsked('clamav', 'notConfigured', 'clamscan has no signatures'));
  }
  const said = output.split('\n').find((text) => /^(?:ERROR|WARNING|LibClamAV Error): /.test(text));
  return failed('failed', said ?? (line === '' ? `exit code ${exitCode}` : line));
}

function report(state: EngineReport['state']): EngineReport {
  return { id: 'clamav', name: engineNames.clamav, state };
}

function without(given: EngineReport): EngineAnswer {
  return { report: given, findings: [] };
}

function failed(reason: EngineReason, detail?: string): EngineAnswer {
  return without({ ...report('failed'), reason, ...defined({ detail: detail?.slice(0, 500) }) });
}
