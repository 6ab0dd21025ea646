import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NmapLocator } from '../../../../src/services/network/nmap/nmapLocator';
import { type NetworkScanEvent, NetworkService } from '../../../../src/services/network/networkService';
import type { NetworkScanRequest } from '../../../../src/services/network/scanRequest';
import { ProcessRunner } from '../../../../src/services/process/processRunner';
import { TaskSupervisor } from '../../../../src/services/tasks/taskSupervisor';
import { type Clock, systemClock } from '../../../../src/shared/clock';
import type { NetworkProfile } from '../../../../src/shared/network/networkDetails';
import { FakeHistory } from '../../support/fakeHistory';
import { RecordingLogger } from '../../support/recordingLogger';

export const realNmap = '/usr/bin/nmap';

/** Why there can be no real scan here; undefined where there can. */
export function nmapMissing(): string | undefined {
  return existsSync(realNmap) ? undefined : `${realNmap} not found (Debian package nmap)`;
}

export interface TestServiceOptions {
  /** What the setting says; absent: the real one. */
  readonly nmap?: string;
  readonly privileged?: boolean;
  /** The cache's and the records'; that of processes and tasks is the machine's. */
  readonly clock?: Clock;
  /** By which tasks take too long. */
  readonly taskClock?: Clock;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** A service with real tasks and real programs, and a history in memory. */
export class TestService {
  readonly history = new FakeHistory();
  readonly events: NetworkScanEvent[] = [];
  readonly supervisor: TaskSupervisor;
  readonly service: NetworkService;
  private readonly processes: ProcessRunner;

  constructor(guardianFile: string, options: TestServiceOptions = {}) {
    const {
      nmap = realNmap,
      privileged = false,
      clock = systemClock,
      taskClock = systemClock,
      resolve,
    } = options;
    const logger = new RecordingLogger();
    this.processes = new ProcessRunner({ clock: systemClock, logger, guardianFile });
    this.supervisor = new TaskSupervisor({ clock: taskClock, logger });
    this.service = new NetworkService({
      locator: new NmapLocator({
        runner: this.processes,
        search: () => ({ pathEnv: '' }),
        configuredPath: () => nmap,
      }),
      supervisor: this.supervisor,
      processes: this.processes,
      history: this.history,
      resolve: resolve ?? (() => Promise.resolve([])),
      privileged,
      clock,
      logger,
      titleOf: ({ target }) => target,
    });
    this.service.onEvent((event) => this.events.push(event));
  }

  async ready(target: string, profile: NetworkProfile, ports?: string): Promise<NetworkScanRequest> {
    const prepared = await this.service.prepare({
      target,
      profile,
      ...(ports === undefined ? {} : { ports }),
    });
    if (prepared.type !== 'ready') throw new Error(JSON.stringify(prepared));
    return prepared.request;
  }

  async stop(): Promise<void> {
    this.service.dispose();
    await this.supervisor.stop();
    await this.processes.stop();
  }
}

/** Programs that stand in for nmap, in a folder of their own. */
export class StandIns {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'sentinel-nmap-'));
  private count = 0;

  /** @param body what it does when it is asked to scan, in the words of the shell */
  write(body: string, version = 'Nmap version 7.93 ( https://nmap.org )'): string {
    const file = path.join(this.folder, `nmap${++this.count}`);
    writeFileSync(file, `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; exit 0; fi\n${body}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Listens on loopback addresses until it is closed. */
export class Listeners {
  private readonly servers = new Set<Server>();

  /** @returns the port */
  async open(address: string, port = 0, greeting?: string): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (greeting !== undefined) socket.end(greeting);
      else socket.resume();
    });
    this.servers.add(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    return bound.port;
  }

  async close(): Promise<void> {
    await Promise.all([...this.servers].map((server) => new Promise((resolve) => server.close(resolve))));
    this.servers.clear();
  }
}
