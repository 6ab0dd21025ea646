import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Disposable } from '../../../../src/shared/disposable';
import { until } from './until';

/** Why this machine cannot have a mount that answers nothing; undefined where it can. */
export function stalledMountProblem(): string | undefined {
  if (process.platform !== 'linux') return 'a mount that stalls is made with FUSE of Linux';
  if (process.getuid?.() !== 0) return 'only root may make a mount that stalls';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
  } catch {
    return 'this machine has no FUSE';
  }
  return undefined;
}

/** A mount whose program never answers, as that of a network share whose server is gone. */
export class StalledMount implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'sentinel-stalled-'));
  private holder: ChildProcess | undefined;

  /** @throws where the kernel refuses the mount */
  async mount(): Promise<void> {
    // The holder keeps the kernel's end of the conversation open and says nothing.
    this.holder = spawn(
      '/bin/sh',
      [
        '-c',
        'exec 9<>/dev/fuse && mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 stalled "$0" && read -r _',
        this.folder,
      ],
      { stdio: ['pipe', 'ignore', 'pipe'] },
    );
    const { holder } = this;
    await until(
      () =>
        holder.exitCode !== null || readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${this.folder} `),
      'the mount',
    );
    if (holder.exitCode !== null) throw new Error('The kernel refused the mount.');
  }

  /** Lets every question to it fail, as when its program dies. */
  abort(): void {
    this.holder?.kill('SIGKILL');
  }

  dispose(): void {
    this.abort();
    try {
      execFileSync('umount', ['-l', this.folder], { stdio: 'ignore' });
    } catch {
      // It was never mounted.
    }
    rmdirSync(this.folder);
  }
}
