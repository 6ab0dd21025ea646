import { mkdirSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ScanCoordinator } from '../../../../src/services/scan/coordinator/scanCoordinator';
import type { ScanPush, ScanRequest, ScanResult } from '../../../../src/shared/protocol/scanWorker';
import { defaultScanSettings, type ScanSettings } from '../../../../src/shared/scan/settings';
import { ControlBlock } from '../../../../src/workers/controlBlock';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLogger } from '../../support/recordingLogger';
import { type FakeBehaviour, FakeThread } from '../pool/fakeScanThreads';
import { makeRoot } from './realScans';

/** The coordinator in this thread, with threads that are scripts of the test and a clock that it moves. */
export class ScriptedScans {
  readonly root = makeRoot();
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly threads: FakeThread[] = [];
  readonly pushes: ScanPush[] = [];
  readonly coordinator: ScanCoordinator;
  private readonly pushed: ((push: ScanPush) => void)[] = [];
  private lastId = 0;

  constructor(behaviour: FakeBehaviour) {
    this.coordinator = new ScanCoordinator({
      createThread: (name) => {
        const thread = new FakeThread(name, behaviour);
        this.threads.push(thread);
        return thread;
      },
      packFolder: path.join(this.root, 'pack'),
      knownFilesFile: undefined,
      version: '1.0.0',
      push: (push) => {
        this.pushes.push(push);
        for (const listener of this.pushed) listener(push);
      },
      clock: this.clock,
      logger: this.logger,
    });
  }

  onPush(listener: (push: ScanPush) => void): void {
    this.pushed.push(listener);
  }

  /** @returns its path, below `files` */
  write(name: string, content: string): string {
    const file = path.join(this.root, 'files', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  scan(
    target = path.join(this.root, 'files'),
    settings: Partial<ScanSettings> = {},
    block = new ControlBlock(),
  ): Promise<ScanResult> {
    const request: ScanRequest = {
      control: block.buffer,
      id: ++this.lastId,
      path: target,
      settings: { ...defaultScanSettings, threads: 1, ...settings },
      markedSafe: [],
    };
    return this.coordinator.scan(request);
  }

  /** Moves time on until it is so. */
  async until(isSo: () => boolean, what: string, limitMs = 5_000): Promise<void> {
    for (let waitedMs = 0; !isSo(); waitedMs += 50) {
      if (waitedMs > limitMs) throw new Error(`Not within ${limitMs} ms: ${what}`);
      await this.clock.advance(50);
      // What really waits for the disk must not be passed by a clock that does not.
      await stat(this.root);
    }
  }
}
