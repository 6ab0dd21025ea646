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

/**
 * A tool that runs until it is ended and prints lines. It stays in the process group of the GPU process, so that
 * whoever kills the group ends it too; where this process alone is killed, its next print meets a closed pipe.
 */
export class ToolLoop implements Disposable {
  private readonly child: ChildProcess;
  private over = false;
  private stderr = '';

  constructor(
    file: string,
    args: readonly string[],
    private readonly handlers: ToolLoopHandlers,
  ) {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // Numbers with a decimal point, messages in the language that is looked for.
      env: reducedEnvironment(process.env, { LC_ALL: 'C' }),
    });
    this.child = child;
    child.on('error', (error: NodeJS.ErrnoException) => {
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
