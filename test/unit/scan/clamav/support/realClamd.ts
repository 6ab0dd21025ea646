import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from 'mocha';
import { skipForWant } from '../../../../support/skip';
import { eicar } from '../../support/eicar';

/** A string that the test's own database knows, and nobody else. */
export const badText = ['sentinel made up', 'this bad string'].join(' ');
export const streamMaxBytes = 1024 * 1024;

/** Skips where there is no clamd. */
export function needClamd(context: Context): void {
  if (clamdFile() !== undefined) return;
  skipForWant(context, 'clamd is not installed (Debian: clamav-daemon).');
}

export function clamdFile(): string | undefined {
  return ['/usr/sbin/clamd', '/usr/local/sbin/clamd', '/opt/homebrew/sbin/clamd'].find(existsSync);
}

/** A hash and a string, which load in no time. */
export function writeDatabase(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const sum = createHash('md5').update(eicar()).digest('hex');
  writeFileSync(path.join(folder, 'own.hdb'), `${sum}:${eicar().length}:Own.Test.Eicar\n`);
  writeFileSync(
    path.join(folder, 'own.ndb'),
    `Own.Made.String:0:*:${Buffer.from(badText).toString('hex')}\n`,
  );
}

/** Makes signatures look like those of a day ago, which clamd has surely read. */
export function ageDatabase(folder: string, daysAgo = 1): void {
  const at = new Date(Date.now() - daysAgo * 24 * 3_600_000);
  for (const name of readdirSync(folder)) utimesSync(path.join(folder, name), at, at);
}

/** A clamd of Debian's with a configuration, a database and a folder of its own. */
export class RealClamd {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'sentinel-real-clamd-'));
  readonly socketPath = path.join(this.folder, 'clamd.sock');
  readonly databaseFolder = path.join(this.folder, 'database');
  readonly confFile = path.join(this.folder, 'clamd.conf');
  port = 0;
  /** What its configuration says besides, from its first start on. */
  confLines: readonly string[] = [];
  private child: ChildProcess | undefined;

  async start(): Promise<void> {
    if (this.port === 0) {
      this.port = await freePort();
      writeDatabase(this.databaseFolder);
      writeFileSync(
        this.confFile,
        [
          'Foreground yes',
          `LocalSocket ${this.socketPath}`,
          `TCPSocket ${this.port}`,
          'TCPAddr 127.0.0.1',
          `DatabaseDirectory ${this.databaseFolder}`,
          `StreamMaxLength ${streamMaxBytes}`,
          `TemporaryDirectory ${this.folder}`,
          'SelfCheck 0',
          ...this.confLines,
          '',
        ].join('\n'),
      );
    }
    const file = clamdFile();
    if (file === undefined) throw new Error('There is no clamd.');
    const child = spawn(file, ['-c', this.confFile], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    const said: string[] = [];
    child.stderr.on('data', (data: Buffer) => said.push(data.toString()));
    while (!(await this.answers())) {
      if (child.exitCode !== null) throw new Error(`clamd did not start: ${said.join('')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** By force: its socket stays behind. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As a service is stopped: its socket goes. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Makes it stand still. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.port, host: '127.0.0.1' }, () => {
        socket.destroy();
        resolve(existsSync(this.socketPath));
      });
      socket.on('error', () => {
        resolve(false);
      });
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
