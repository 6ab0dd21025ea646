import { spawn } from 'node:child_process';
import { reducedEnvironment } from '../services/process/environment';
import { nodeCommand } from '../services/process/processCommand';
import { systemSignals } from '../services/process/processGroup';
import type { GpuChild, StartGpuChild } from './gpuChild';

/** The process holds little: a small young generation keeps V8 from growing its heap before it collects. */
const nodeOptions = ['--max-semi-space-size=1', '--max-old-space-size=64'];

/**
 * Starts the GPU process with the editor's own Node, in a process group of its own, so that the tools that it
 * runs end with it. Not through the process runner, which reads whatever comes: this output is read under
 * backpressure, so that a process gone wild waits in its write instead of keeping the editor's thread busy.
 *
 * @param scriptPath the bundled process, `dist/gpu/telemetry.js`
 */
export function gpuChildStarter(scriptPath: string): StartGpuChild {
  return (options): GpuChild => {
    const { file, args, env } = nodeCommand(scriptPath, [JSON.stringify(options)]);
    const child = spawn(file, [...nodeOptions, ...args], {
      stdio: 'pipe',
      windowsHide: true,
      detached: process.platform !== 'win32',
      env: reducedEnvironment(process.env, env),
    });
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (child.pid === undefined) resolve(error.code ?? error.message);
      });
      child.once('exit', (code, signal) => {
        resolve(signal ?? `exit code ${code ?? 'unknown'}`);
      });
    });
    // A process that is gone breaks the pipe; its exit is what counts.
    child.stdin.on('error', () => undefined);
    return {
      stdout: child.stdout,
      stderr: child.stderr,
      exited,
      write: (text) => {
        if (child.stdin.writable) child.stdin.write(text);
      },
      endInput: () => {
        child.stdin.end();
      },
      kill: () => {
        if (child.pid !== undefined) systemSignals().send(child.pid, 'SIGKILL');
      },
    };
  };
}
