import { execFile } from 'node:child_process';
import path from 'node:path';

/** How a program and what it has started are reached. */
export interface GroupSignals {
  /** Whether what a program has left behind can still be reached when it has ended itself. */
  readonly reachesOrphans: boolean;
  /** Whether a group can be made to stand still. */
  readonly canStop: boolean;
  /**
   * Sends a signal to a process and all of its group, children's children included.
   * @returns false when nothing was there to receive it
   */
  send(leaderPid: number, signal: NodeJS.Signals): boolean;
}

/** What this system offers. */
export function systemSignals(platform: NodeJS.Platform = process.platform): GroupSignals {
  if (platform !== 'win32') return { reachesOrphans: true, canStop: true, send: signalGroup };
  return {
    // The tree is found by its root's id, which another process may have once the root has ended.
    reachesOrphans: false,
    canStop: false,
    send(leaderPid, signal) {
      killTree(leaderPid, signal === 'SIGKILL');
      return true;
    },
  };
}

function signalGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leaderPid, signal);
    return true;
  } catch {
    // ESRCH: all have ended. EPERM: what remains changed its user, and is not ours to end.
    return false;
  }
}

/** Windows knows no groups: its own tool follows the tree of parents. */
function killTree(pid: number, force: boolean): void {
  const systemRoot = process.env['SystemRoot'] ?? 'C:\\Windows';
  const taskkill = path.win32.join(systemRoot, 'System32', 'taskkill.exe');
  const args = ['/PID', String(pid), '/T', ...(force ? ['/F'] : [])];
  execFile(taskkill, args, { windowsHide: true }, () => {
    // Fails when the process has ended already, which is what was wanted.
  });
}
