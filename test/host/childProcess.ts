import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExitScope } from './exitScope';

export interface OwnedProcess {
  readonly child: ChildProcess;
  /** Exit code, or the signal's name; never rejects. */
  readonly exited: Promise<number | string>;
  /** Everything printed so far on both streams, the latest 200,000 characters. */
  output(): string;
  /** Ends the process and all its descendants in its group: politely first, for good after a grace period. */
  stop(): Promise<void>;
}

export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The process is one of our tools: it ends what it started in other groups, if it gets the time. */
  readonly isTool?: boolean;
  readonly onOutput?: (text: string) => void;
}

const keptCharacters = 200_000;
const exitGraceMs = 3_000;
const toolGraceMs = 20_000;

/** Starts a program in a process group of its own, owned by the scope. */
export function spawnOwned(
  scope: ExitScope,
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): OwnedProcess {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    // A group of its own: one kill reaches the extension hosts and whatever they started.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let kept = '';
  const collect = (text: string): void => {
    kept = (kept + text).slice(-keptCharacters);
    options.onOutput?.(text);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const exited = new Promise<number | string>((resolve) => {
    child.once('error', (error) => {
      collect(`${error.message}\n`);
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });

  const graceMs = options.isTool ? toolGraceMs : exitGraceMs;
  const end = async (): Promise<void> => {
    signalGroup(child, 'SIGTERM');
    await Promise.race([exited, delay(graceMs, undefined, { ref: false })]);
    // The leader may be gone while descendants live on, so the group is swept in any case.
    signalGroup(child, 'SIGKILL');
    await Promise.race([exited, delay(exitGraceMs, undefined, { ref: false })]);
  };
  const release = scope.own({
    end,
    endNow: () => {
      signalGroup(child, options.isTool ? 'SIGTERM' : 'SIGKILL');
    },
  });
  return { child, exited, output: () => kept, stop: release };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the whole group has ended already, which is what was asked for.
  }
}
