import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const fixtures = path.resolve('test/fixtures/gpu');

export function fixtureText(name: string): string {
  return readFileSync(path.join(fixtures, name), 'utf8');
}

export function fixturePath(name: string): string {
  return path.join(fixtures, name);
}

/** A temporary folder with files of a machine: sysfs, /proc, tools. */
export class MachineFolder {
  readonly root = mkdtempSync(path.join(tmpdir(), 'sentinel-gpu-'));
  readonly drmRoot = path.join(this.root, 'class/drm');

  /** Lays out a tree of the fixtures. */
  plugIn(fixture: string): void {
    const tree = JSON.parse(fixtureText(fixture)) as Record<string, string>;
    for (const [file, content] of Object.entries(tree)) this.write(file, content);
  }

  write(file: string, content: string): void {
    const target = path.join(this.root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), target);
    else writeFileSync(target, content);
  }

  remove(file: string): void {
    rmSync(path.join(this.root, file), { recursive: true, force: true });
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
