import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The checkout's root. Bundles of the tools and tests lie at different depths below `out/`, so it is looked for
 * upwards from the running file and not counted in `..`.
 */
export function repositoryRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'esbuild.mjs'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No Sentinel checkout was found above ${__dirname}.`);
    folder = parent;
  }
  return folder;
}

/** An absolute path inside the checkout. */
export function inRepository(...segments: string[]): string {
  return path.join(repositoryRoot(), ...segments);
}
