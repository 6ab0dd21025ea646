import { type ChildProcess, spawn } from 'node:child_process';
import { reducedEnvironment } from '../../services/process/environment';
import { LineSplitter } from '../../services/process/lineSplitter';
import type { Disposable } from '../../shared/disposable';

export interface ToolLoopHandlers {
  /** A line of stdout. */
  onLine(line: string): void;
  /** Once, unless the tool was ended by `dispose`. @param stderr its beginning @param how it ended, in words */
  onEnd(how: string, stderr: string): void;
}

const maxLineLength = 16 * 1024;
const maxStderrLength = 4_000;

/** A program that has been started. */
export interface Tool extends Disposable {
  /** Undefined once it has ended or was told to. */
  readonly pid: number | undefined;
  /** Settles when the process is gone, which may be long after `dispose`, and never rejects. */
  readonly exited: Promise<void>;
}

export type StartTool = (file: string, args: readonly string[], handlers: ToolLoopHandlers) => Tool;

/**
 * A tool that runs until it is ended and prints lines. It stays in the process group of the GPU process, so that
 * whoever kills the group ends it too, as the host does when this process is gone. Where nobody does, a tool that
 * prints meets a closed pipe and ends; one that has nothing to print stays.
 */
export class ToolLoop implements Tool {
  readonly exited: Promise<void>;
  private readonly child: ChildProcess;
  private over = false;
  private stderr = '';

  constructor(
    file: string,
    args: readonly string[],
    private readonly handlers: ToolLoopHandlers,
    env: Readonly<Record<string, string>> = {},
  ) {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // Numbers with a decimal point, messages in the language that is looked for.
      env: reducedEnvironment(process.env, { LC_ALL: 'C', ...env }),
    });
    this.child = child;
    let settleExit = (): void => undefined;
    this.exited = new Promise((resolve) => {
      settleExit = resolve;
    });
    child.once('exit', settleExit);
    child.on('error', (error: NodeJS.ErrnoException) => {
      // Without an id it was never there, and no exit follows.
      if (child.pid === undefined) settleExit();
      this.end(error.code ?? error.message);
    });
    const splitter = new LineSplitter(({ text, truncated }) => {
      if (!this.over && !truncated) handlers.onLine(text);
    }, maxLineLength);
    child.stdout.on('data', (chunk: Uint8Array) => {
      splitter.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.stderr.length < maxStderrLength) this.stderr += text.slice(0, maxStderrLength);
    });
    // `close` comes after the last output, which says why the tool ended.
    child.on('close', (code, signal) => {
      splitter.end();
      this.end(signal ?? `exit code ${code ?? 'unknown'}`);
    });
  }

  get pid(): number | undefined {
    return this.over ? undefined : this.child.pid;
  }

  dispose(): void {
    if (this.over) return;
    this.over = true;
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    this.child.kill('SIGKILL');
  }

  private end(how: string): void {
    if (this.over) return;
    this.over = true;
    this.handlers.onEnd(how, this.stderr);
  }
}
