import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A made machine: folders that stand for /proc, /sys and /, to be given to the sampler as its roots. */
export class SystemTree {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'sentinel-tree-'));

  readonly roots = {
    procRoot: path.join(this.folder, 'proc'),
    sysRoot: path.join(this.folder, 'sys'),
    fileRoot: path.join(this.folder, 'root'),
  };

  /** @param file such as "proc/stat" */
  write(file: string, content: string | Buffer): this {
    const target = path.join(this.folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    // In place: the sampler keeps its files open, as it does those of the kernel.
    writeFileSync(target, content);
    return this;
  }

  writeAll(files: Readonly<Record<string, string>>): this {
    for (const [file, content] of Object.entries(files)) this.write(file, content);
    return this;
  }

  link(file: string, target: string): this {
    const link = path.join(this.folder, file);
    mkdirSync(path.dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(target, link);
    return this;
  }

  remove(file: string): this {
    rmSync(path.join(this.folder, file), { recursive: true, force: true });
    return this;
  }

  path(file: string): string {
    return path.join(this.folder, file);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Namespaces as a process of the machine itself sees them. */
export function linkInitialNamespaces(tree: SystemTree): SystemTree {
  return tree
    .link('proc/self/ns/pid', 'pid:[4026531836]')
    .link('proc/self/ns/uts', 'uts:[4026531838]')
    .link('proc/self/ns/cgroup', 'cgroup:[4026531835]');
}

/** Namespaces as a container has them. */
export function linkOwnNamespaces(tree: SystemTree): SystemTree {
  return tree
    .link('proc/self/ns/pid', 'pid:[4026532501]')
    .link('proc/self/ns/uts', 'uts:[4026532499]')
    .link('proc/self/ns/cgroup', 'cgroup:[4026532560]');
}
