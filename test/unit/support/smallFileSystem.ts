import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';
import { skip } from '../../support/skip';

/** A real file system that is soon full, at `mount`. Tests that need one are skipped where none can be mounted. */
export class SmallFileSystem {
  mount = '';
  private isMounted = false;

  static need(test: Context): void {
    if (process.platform !== 'linux') skip(test, 'there is no tmpfs on this system');
    if (process.getuid?.() !== 0) skip(test, 'only root may mount a small file system');
  }

  /** @param size as mount(8) takes it, such as `64k` */
  create(test: Context, root: string, size: string): void {
    this.mount = path.join(root, 'mount');
    mkdirSync(this.mount);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', this.mount], { stdio: 'pipe' });
      this.isMounted = true;
    } catch {
      skip(test, 'this container may not mount a small file system');
    }
  }

  remove(): void {
    if (this.isMounted) execFileSync('umount', [this.mount]);
    this.isMounted = false;
  }
}
