import type { ScanCoordinatorThread } from '../../../../src/services/scan/scanService';
import { deferred, type Deferred } from '../../../../src/services/tasks/deferred';
import { type Disposable, toDisposable } from '../../../../src/shared/disposable';
import { Emitter } from '../../../../src/shared/event';
import type { ScanPush, ScanRequest, ScanResult } from '../../../../src/shared/protocol/scanWorker';
import type { EngineReport } from '../../../../src/shared/scan/record';
import type { ScanSettings } from '../../../../src/shared/scan/settings';
import type { WorkerExit } from '../../../../src/workers/workerClient';

/** A scan that a test answers. */
export interface AskedScan {
  readonly request: ScanRequest;
  readonly reply: Deferred<ScanResult>;
}

/** The coordinator's thread as its owner sees it. */
export class FakeCoordinator implements ScanCoordinatorThread {
  readonly scans: AskedScan[] = [];
  /** Settings for which rules were to be loaded, and how a test answers. */
  readonly loads: { readonly settings: ScanSettings; readonly reply: Deferred<null> }[] = [];
  readonly pushes = new Emitter<ScanPush>();
  readonly onPush = this.pushes.event;
  readonly exits = new Emitter<WorkerExit>();
  readonly onExited = this.exits.event;
  /** How many keep it alive. */
  held = 0;

  request: ScanCoordinatorThread['request'] = (...args: readonly unknown[]) => {
    if (args[0] === 'loadRules') {
      const reply = deferred<null>();
      this.loads.push({ settings: args[1] as ScanSettings, reply });
      return reply.promise;
    }
    const request = args[1] as ScanRequest;
    const reply = deferred<ScanResult>();
    this.scans.push({ request, reply });
    return reply.promise;
  };

  keepAlive(): Disposable {
    this.held += 1;
    return toDisposable(() => {
      this.held -= 1;
    });
  }

  replace(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** The scan that was asked for last. */
  get last(): AskedScan {
    const last = this.scans.at(-1);
    if (last === undefined) throw new Error('No scan was asked for.');
    return last;
  }
}

export const sha256 = 'a'.repeat(64);
export const plainEngines: readonly EngineReport[] = [
  { id: 'yara', name: 'YARA-X', state: 'noHit', sendsAway: false },
  { id: 'content', name: 'File type', state: 'noHit', sendsAway: false },
  { id: 'clamav', name: 'ClamAV', state: 'notAsked', reason: 'switchedOff' },
];

/** A file in which local engines found nothing. */
export function fileResult(given: Partial<ScanResult> = {}): ScanResult {
  return {
    kind: 'file',
    verdict: 'noThreatFound',
    engines: [...plainEngines],
    findings: [],
    complete: true,
    summary: 'No threat found',
    sha256,
    details: { type: 'file', sizeBytes: 5 },
    ...given,
  };
}
