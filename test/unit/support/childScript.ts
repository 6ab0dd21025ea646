import { type ChildProcess, spawn } from 'node:child_process';
import { LineSplitter } from '../../../src/services/process/lineSplitter';
import { Lines } from '../process/support/processes';

/** A script in a process of its own, with the lines that it prints. */
export class ChildScript {
  readonly lines = new Lines();
  readonly exited: Promise<NodeJS.Signals | number>;
  private readonly child: ChildProcess;
  private isOver = false;

  constructor(file: string, ...args: readonly string[]) {
    this.child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    const splitter = new LineSplitter(this.lines.onLine, 10_000);
    this.child.stdout?.on('data', (chunk: Buffer) => {
      splitter.push(chunk);
    });
    // It may have been killed before it reads what it is told.
    this.child.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      // Not `exit`, after which lines may still come.
      this.child.on('close', (code, signal) => {
        this.isOver = true;
        resolve(signal ?? code ?? 0);
      });
    });
  }

  get isRunning(): boolean {
    return !this.isOver;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  tell(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
