import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles entry points of threads and processes into a temporary folder, so that tests run the real source in a
 * real thread or process without depending on what was built before.
 */
export class FixtureBundle {
  private folder: string | undefined;

  /** @param sources from the project's root, where the tests are started */
  async build(...sources: readonly string[]): Promise<void> {
    this.folder ??= mkdtempSync(path.join(tmpdir(), 'sentinel-fixture-'));
    await build({
      entryPoints: [...sources],
      outdir: this.folder,
      entryNames: '[name]',
      outExtension: { '.js': '.cjs' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      logLevel: 'error',
    });
  }

  /** The bundle of a source, by its base name without the ending. */
  file(name: string): string {
    if (this.folder === undefined) throw new Error('Nothing was built yet.');
    return path.join(this.folder, `${name}.cjs`);
  }

  remove(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}
