import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inRepository } from './paths';

export interface BundledBrowser {
  readonly executablePath: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Chromium from the npm package `@sparticuz/chromium` with the few libraries that a bare Linux lacks. Only for Linux
 * on x64; undefined elsewhere.
 *
 * The package unpacks into the temporary folder and takes a file that is there for a complete one. So it gets a folder
 * of its own, and a stamp says whether unpacking came to its end.
 */
export async function bundledBrowser(): Promise<BundledBrowser | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = inRepository('node_modules', '.cache', 'sentinel-chromium');
  const stamp = path.join(folder, '.complete');
  if (!existsSync(stamp)) await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, 'fontconfig'), { recursive: true });
  await writeFile(path.join(folder, 'fontconfig', 'fonts.conf'), fontConfiguration(folder));

  const before = { ...process.env };
  try {
    process.env['TMPDIR'] = folder;
    process.env['FONTCONFIG_PATH'] = path.join(folder, 'fontconfig');
    // Read at import: only then are the libraries unpacked and LD_LIBRARY_PATH set.
    process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs22.x';
    const { default: chromium } = await import('@sparticuz/chromium');
    const executablePath = await chromium.executablePath();
    await writeFile(stamp, '');
    const libraries = process.env['LD_LIBRARY_PATH'] ?? '';
    return {
      executablePath,
      env: { ...before, FONTCONFIG_PATH: path.join(folder, 'fontconfig'), LD_LIBRARY_PATH: libraries },
    };
  } finally {
    // The libraries are for the browser alone: VS Code's server and the tests go on with the machine's own.
    for (const name of ['TMPDIR', 'FONTCONFIG_PATH', 'AWS_LAMBDA_JS_RUNTIME', 'LD_LIBRARY_PATH', 'HOME']) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  }
}

/** The package's own configuration names folders of another system. */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${path.join(folder, 'fonts')}</dir>
  <cachedir>${path.join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}
