import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { spawnOwned, type OwnedProcess } from './childProcess';
import type { ExitScope } from './exitScope';
import type { HostInstallation } from './install';
import { readableLog } from './readableLog';
import { temporaryFolder } from './temporaryFolder';
import { ToolError } from './toolError';
import { quietSettings, type UserSettings } from './userSettings';

export interface HostServerOptions {
  readonly installation: HostInstallation;
  /** A free one if not given. */
  readonly port?: number;
  /** Installed before the server listens. */
  readonly vsix?: string;
  /** On top of `quietSettings`. */
  readonly settings?: UserSettings;
  /** Lets a page run a test entry inside the extension host, see smokeTestDriver.ts. */
  readonly smokeTestDriver?: boolean;
  /** Lets the Extensions view ask the public registry; tests keep to themselves. */
  readonly gallery?: boolean;
  /** Asked of whoever connects; without one, every local user may. */
  readonly connectionToken?: string;
  /** Without it every folder is trusted. */
  readonly workspaceTrust?: boolean;
  /** Added to the environment of the server and so of its extension hosts. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A running VS Code server on the loopback interface. */
export interface HostServer {
  readonly port: number;
  readonly authority: string;
  /** Leader of the process group in which the extension hosts run, too. */
  readonly pid: number;
  readonly userDataFolder: string;
  /** Address of the workbench on a folder; `payload` are the development options of VS Code's web embedder. */
  address(folder?: string, payload?: readonly (readonly [string, string])[]): string;
  /** Replaces the user settings; a running workbench notices by itself. */
  writeSettings(settings: UserSettings): Promise<void>;
  /** Exit code or signal, once the server has ended for whatever reason. */
  readonly ended: Promise<number | string>;
  /** What the server printed, without the noise of a missing native logger. */
  logs(): string;
  stop(): Promise<void>;
}

const startLimitMs = 60_000;
const installLimitMs = 120_000;

/** Starts a server with folders of its own. Everything ends with the scope or with `stop()`. */
export async function startServer(scope: ExitScope, options: HostServerOptions): Promise<HostServer> {
  if (options.port) await assertFree(options.port);
  const folder = temporaryFolder(scope, 'host');
  const userData = path.join(folder.path, 'user-data');
  const folders = [
    ...['--user-data-dir', userData],
    ...['--extensions-dir', path.join(folder.path, 'extensions')],
    ...['--server-data-dir', path.join(folder.path, 'server-data')],
  ];
  const env = {
    ...serverEnvironment(),
    ...(!options.gallery && { EXTENSIONS_GALLERY: '{}' }),
    ...options.env,
  };
  const writeSettings = async (settings: UserSettings): Promise<void> => {
    await writeJson(path.join(userData, 'User', 'settings.json'), { ...quietSettings, ...settings });
    // A window on a remote host takes machine-scoped settings from the remote's own file alone.
    await writeJson(path.join(userData, 'Machine', 'settings.json'), settings);
  };
  // Only here: a late change of settings must not bring back the folder of a server that has ended.
  for (const name of ['User', 'Machine']) await mkdir(path.join(userData, name), { recursive: true });
  await writeSettings(options.settings ?? {});
  if (options.vsix) await installExtension(options.installation, folders, env, options.vsix);

  const serverProcess = spawnOwned(
    scope,
    process.execPath,
    [
      options.installation.serverMain,
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
      ...(options.connectionToken === undefined
        ? ['--without-connection-token']
        : ['--connection-token', options.connectionToken]),
      '--accept-server-license-terms',
      ...['--telemetry-level', 'off', '--disable-experiments'],
      // An extension host whose page has gone must not linger for hours.
      ...['--reconnection-grace-time', '5'],
      ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
      ...(options.smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
      ...folders,
    ],
    { env },
  );
  const port = await listening(serverProcess);
  const authority = `127.0.0.1:${port}`;
  return {
    port,
    authority,
    pid: serverProcess.child.pid ?? 0,
    userDataFolder: userData,
    ended: serverProcess.exited,
    writeSettings,
    address: (opened, payload) => {
      const url = new URL(`http://${authority}/`);
      if (options.connectionToken !== undefined) url.searchParams.set('tkn', options.connectionToken);
      if (opened) url.searchParams.set('folder', opened);
      if (payload) url.searchParams.set('payload', JSON.stringify(payload));
      return url.href;
    },
    logs: () => readableLog(serverProcess.output()),
    stop: async () => {
      await serverProcess.stop();
      await folder.remove();
    },
  };
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, JSON.stringify(value, undefined, 2));
}

async function listening(serverProcess: OwnedProcess): Promise<number> {
  const limit = AbortSignal.timeout(startLimitMs);
  let ended: number | string | undefined;
  void serverProcess.exited.then((reason) => (ended = reason));
  for (;;) {
    const port = /Extension host agent listening on (\d+)/.exec(serverProcess.output())?.[1];
    if (port) return Number(port);
    if (ended !== undefined || limit.aborted) {
      await serverProcess.stop();
      const what =
        ended === undefined ? `was not ready after ${startLimitMs / 1000} s` : `ended at once (${ended})`;
      throw new ToolError(`VS Code's server ${what}.\n${readableLog(serverProcess.output())}`);
    }
    await delay(20);
  }
}

async function installExtension(
  installation: HostInstallation,
  folders: readonly string[],
  env: NodeJS.ProcessEnv,
  vsix: string,
): Promise<void> {
  const args = [
    installation.serverMain,
    ...folders,
    '--accept-server-license-terms',
    '--install-extension',
    vsix,
  ];
  const result = await execa(process.execPath, args, {
    env,
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: installLimitMs,
  });
  // The server's command line exits with 0 even if it refused the package.
  if (result.failed || !/successfully installed/i.test(result.all)) {
    throw new ToolError(`${vsix} could not be installed into VS Code.\n${readableLog(result.all)}`);
  }
}

/** This process may itself run inside a VS Code terminal, whose variables would steer the server. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Fails with a sentence if nobody can listen on a loopback port now. */
export async function assertFree(port: number): Promise<void> {
  const probe = net.createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.message})`;
      reject(
        new ToolError(`Port ${port} ${reason}; choose another with --port, or leave it out for a free one.`),
      );
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}
