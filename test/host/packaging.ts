import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { inRepository, repositoryRoot } from './paths';
import { ToolError } from './toolError';
import { readManifest } from './manifest';

export interface PackagedExtension {
  readonly path: string;
  readonly sizeMB: number;
}

/** What every install has to carry at most. */
const vsixLimitMB = 8;
/** What the extension host has to load before it can activate Sentinel, minified. */
const bundleLimitKB = 300;

/** Packs what ships, freshly built, into `out/sentinel-<version>.vsix`. Leaves the production bundles in `dist/`. */
export async function packageVsix(): Promise<PackagedExtension> {
  const { name, version } = await readManifest();
  const packagePath = inRepository('out', `${name}-${version}.vsix`);
  await mkdir(path.dirname(packagePath), { recursive: true });
  await rm(packagePath, { force: true });
  const readmePath = 'out/README.md';
  await writeFile(
    inRepository(readmePath),
    withoutPictures(await readFile(inRepository('README.md'), 'utf8')),
  );
  try {
    // Everything is bundled, so vsce has no dependencies to look for. It runs the production build by itself.
    await createVSIX({
      cwd: repositoryRoot(),
      packagePath,
      dependencies: false,
      readmePath,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
  } catch (error) {
    throw new ToolError(`Packaging failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  const sizeMB = (await stat(packagePath)).size / 1024 / 1024;
  if (sizeMB > vsixLimitMB) {
    throw new ToolError(`${packagePath} has ${sizeMB.toFixed(2)} MB; the limit is ${vsixLimitMB} MB.`);
  }
  const bundleKB = (await stat(inRepository('dist', 'extension.js'))).size / 1024;
  if (bundleKB > bundleLimitKB) {
    throw new ToolError(`dist/extension.js has ${bundleKB.toFixed(0)} KB; the limit is ${bundleLimitKB} KB.`);
  }
  return { path: packagePath, sizeMB };
}

/** VS Code shows the README of an installed extension with pictures from the web alone, and others as broken. */
function withoutPictures(readme: string): string {
  return readme.replace(/^!\[.*\]\(media\/.*\)\n/gm, '').replace(/\n{3,}/g, '\n\n');
}
