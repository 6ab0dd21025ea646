import { spawn } from 'node:child_process';
import { reducedEnvironment } from '../services/process/environment';
import type { GpuChild, StartGpuChild } from './gpuChild';

/** The process holds little: a small young generation keeps V8 from growing its heap before it collects. */
const nodeOptions = ['--max-semi-space-size=1', '--max-old-space-size=64'];

/**
 * Starts the GPU process with the editor's own Node, in a process group of its own, so that the tools that it
 * runs end with it.
 *
 * @param nodePath `process.execPath`: Node, or the editor itself, which `ELECTRON_RUN_AS_NODE` turns into it
 * @param scriptPath the bundled process, `dist/gpu/telemetry.js`
 */
export function gpuChildStarter(nodePath: string, scriptPath: string): StartGpuChild {
  return (options): GpuChild => {
    const ownGroup = process.platform !== 'win32';
    const child = spawn(nodePath, [...nodeOptions, scriptPath, JSON.stringify(options)], {
      stdio: 'pipe',
      windowsHide: true,
      detached: ownGroup,
      env: reducedEnvironment(process.env, { ELECTRON_RUN_AS_NODE: '1' }),
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
        if (child.pid === undefined) return;
        try {
          if (ownGroup) process.kill(-child.pid, 'SIGKILL');
          else child.kill('SIGKILL');
        } catch {
          // The group has ended already.
        }
      },
    };
  };
}
