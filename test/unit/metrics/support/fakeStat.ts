import type {
  ProcessCommand,
  ProcessEnd,
  ProcessResult,
} from '../../../../src/services/process/processCommand';
import type { ProcessStarter } from '../../../../src/services/process/processInTask';
import type { RunningProcess } from '../../../../src/services/process/runningProcess';

interface Question {
  readonly command: ProcessCommand;
  readonly resolve: (result: ProcessResult) => void;
  killed: boolean;
}

/** Stands for the programs that a runner starts: each runs until the test answers for it, or it is killed. */
export class FakeStat implements ProcessStarter {
  readonly asked: Question[] = [];
  private readonly open = new Set<Question>();
  /** As a process in the kernel's hands, which SIGKILL does not end. */
  unkillable = false;

  get openMounts(): string[] {
    return [...this.open].map(mountOf);
  }

  get askedMounts(): string[] {
    return this.asked.map(mountOf);
  }

  start(command: ProcessCommand): RunningProcess {
    let resolve: (result: ProcessResult) => void = () => undefined;
    const result = new Promise<ProcessResult>((resolveResult) => {
      resolve = resolveResult;
    });
    const question: Question = { command, resolve, killed: false };
    this.asked.push(question);
    this.open.add(question);
    const running: Pick<RunningProcess, 'result' | 'gone' | 'kill'> = {
      result,
      gone: result.then(() => undefined),
      kill: async () => {
        question.killed = true;
        if (!this.unkillable) this.end(question, { status: 'cancelled' }, '', '');
        await result;
      },
    };
    return running as RunningProcess;
  }

  /** Ends the question to a mount, by default with sizes of which half are used. */
  answer(mount: string, stdout = '1048576 100 50 50\n', exitCode = 0, stderr = ''): void {
    this.endAs(mount, { status: 'exited', exitCode }, stdout, stderr);
  }

  endAs(mount: string, end: ProcessEnd, stdout = '', stderr = ''): void {
    const question = [...this.open].find((candidate) => mountOf(candidate) === mount);
    if (question === undefined) throw new Error(`${mount} was not asked.`);
    this.end(question, end, stdout, stderr);
  }

  private end(question: Question, end: ProcessEnd, stdout: string, stderr: string): void {
    this.open.delete(question);
    question.resolve({
      end,
      stdout: { text: stdout, truncated: false },
      stderr: { text: stderr, truncated: false },
      durationMs: 1,
    });
  }
}

function mountOf({ command }: Question): string {
  return command.args.at(-1) ?? '';
}
