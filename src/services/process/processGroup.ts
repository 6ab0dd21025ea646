import { execFile } from 'node:child_process';
import path from 'node:path';

/**
 * Sends a signal to a process and all of its group, children's children included.
 * @returns false when nothing was there to receive it
 */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  if (process.platform === 'win32') {
    killTree(leaderPid, signal === 'SIGKILL');
    return true;
  }
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
