import path from 'node:path';
import { ExecutableFinder, findExecutable, type FindOptions } from '../../process/findExecutable';
import type { ProcessRunner } from '../../process/processRunner';
import type { NetworkProblem } from '../networkProblem';

export interface NmapProgram {
  /** Absolute. */
  readonly file: string;
  readonly version: string;
}

/** Since it tells of hosts that are up before their ports are known. */
export const leastNmapVersion = '7.00';
const versionLimitMs = 5_000;

export interface NmapLocatorOptions {
  readonly runner: Pick<ProcessRunner, 'run'>;
  readonly search: () => FindOptions;
  /** From the settings; empty: to be searched for. */
  readonly configuredPath: () => string;
}

/** Finds nmap, and asks it for its version each time: it may be updated while Sentinel runs. */
export class NmapLocator {
  private readonly finder: ExecutableFinder;

  constructor(private readonly options: NmapLocatorOptions) {
    this.finder = new ExecutableFinder(options.search);
  }

  async locate(signal?: AbortSignal): Promise<NmapProgram | NetworkProblem> {
    const configured = this.options.configuredPath().trim();
    const file = configured === '' ? await this.finder.find('nmap') : await this.configured(configured);
    if (file === undefined)
      return configured === '' ? { type: 'notFound' } : { type: 'badPath', path: configured };
    const { end, stdout } = await this.options.runner.run({
      file,
      args: ['--version'],
      cwd: path.dirname(file),
      timeLimitMs: versionLimitMs,
      maxOutputBytes: 16 * 1024,
      ...(signal === undefined ? {} : { signal }),
    });
    if (end.status === 'cancelled') return { type: 'cancelled' };
    if (end.status === 'notStarted') {
      this.finder.forget('nmap');
      return { type: 'notStarted', message: end.message === '' ? end.code : end.message };
    }
    const version = /^Nmap version (\d+\.\d+[\w.]{0,20})/m.exec(stdout.text)?.[1];
    if (version === undefined) return { type: 'notNmap', file };
    if (isOlder(version, leastNmapVersion)) return { type: 'tooOld', version, least: leastNmapVersion };
    return { file, version };
  }

  private async configured(file: string): Promise<string | undefined> {
    if (!path.isAbsolute(file)) return undefined;
    const search = { ...this.options.search(), pathEnv: path.dirname(file), extraFolders: [] };
    return findExecutable(path.basename(file), search);
  }
}

function isOlder(version: string, least: string): boolean {
  const [major = 0, minor = 0] = numbers(version);
  const [leastMajor = 0, leastMinor = 0] = numbers(least);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

function numbers(version: string): number[] {
  return version
    .split('.')
    .slice(0, 2)
    .map((part) => Number.parseInt(part, 10));
}

/** Where installers put it, which not every PATH holds. */
export function nmapFolders(platform: NodeJS.Platform, env: Readonly<NodeJS.ProcessEnv>): readonly string[] {
  if (platform !== 'win32') return ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/opt/homebrew/bin'];
  const programs = [env['ProgramFiles(x86)'], env['ProgramFiles']];
  return programs.flatMap((folder) => (folder === undefined ? [] : [`${folder}\\Nmap`]));
}
