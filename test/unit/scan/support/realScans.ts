import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RuleSettings } from '../../../../src/services/scan/pool/ruleStages';
import { systemClock } from '../../../../src/shared/clock';
import {
  type ScanPlaces,
  type ScanPush,
  type ScanRequest,
  type ScanResult,
  scanWorkerProtocol,
  type ScanWorkerRequests,
} from '../../../../src/shared/protocol/scanWorker';
import { defaultScanSettings, type ScanSettings } from '../../../../src/shared/scan/settings';
import { ControlBlock } from '../../../../src/workers/controlBlock';
import { spawnThread } from '../../../../src/workers/thread';
import { WorkerClient } from '../../../../src/workers/workerClient';
import { FixtureBundle } from '../../support/fixtureBundle';
import { RecordingLogger } from '../../support/recordingLogger';

/** The threads of scans as they ship. */
export const scanBundle = new FixtureBundle();

export function buildScanThreads(): Promise<void> {
  return scanBundle.build('src/workers/scanCoordinator.worker.ts', 'src/workers/scanThread.worker.ts');
}

/** Rules that compile in no time; `rule eicar` is malicious. */
const smallPack = `
  rule eicar { meta: severity = "critical" strings: $a = "EICAR-STANDARD" condition: $a }
  rule odd { strings: $a = "ODD-BYTES" condition: $a }`;

type Options = Partial<
  Pick<
    ScanPlaces,
    'stepLimits' | 'searchLimits' | 'version' | 'threadFile' | 'packFolder' | 'clamdPlaces' | 'clamdLimits'
  >
> & {
  readonly coordinatorFile?: string;
};

/** Scans on real threads, with rules and storage of their own. */
export class RealScans {
  readonly logger = new RecordingLogger();
  readonly pushes: ScanPush[] = [];
  readonly client: WorkerClient<ScanWorkerRequests, never, ScanPush>;
  private lastId = 0;

  /** @param root a folder for all of it, from `makeRoot` */
  constructor(
    readonly root: string,
    { coordinatorFile = scanBundle.file('scanCoordinator.worker'), ...options }: Options = {},
  ) {
    const wasm = require.resolve('@virustotal/yara-x/package.json');
    const workerData: ScanPlaces = {
      threadFile: scanBundle.file('scanThread.worker'),
      wasmFile: path.join(path.dirname(wasm), 'pkg/yara_x_js_bg.wasm'),
      packFolder: path.join(root, 'pack'),
      knownFilesFile: path.join(root, 'storage', 'known'),
      version: '1.0.0',
      // Whatever runs on the machine of the test is left alone.
      clamdPlaces: { confFiles: [], sockets: [] },
      ...options,
    };
    const { logger } = this;
    this.client = new WorkerClient({
      name: 'scan',
      protocol: scanWorkerProtocol,
      clock: systemClock,
      logger,
      spawn: () => spawnThread(coordinatorFile, { name: 'scan', logger, workerData }),
    });
    this.client.onPush((push) => this.pushes.push(push));
  }

  scan(
    target: string,
    settings: Partial<ScanSettings> = {},
    rest: Partial<Pick<ScanRequest, 'exclusions' | 'markedSafe'>> = {},
    block = new ControlBlock(),
  ): Promise<ScanResult> {
    return this.client.request('scan', {
      control: block.buffer,
      id: ++this.lastId,
      path: target,
      settings: { ...defaultScanSettings, ...settings },
      markedSafe: [],
      ...rest,
    });
  }

  async stop(): Promise<void> {
    await this.client.stop();
  }
}

/** A folder with rules in `pack`, and `files` to be scanned. */
export function makeRoot(pack = smallPack): string {
  const root = mkdtempSync(path.join(tmpdir(), 'sentinel-scans-'));
  mkdirSync(path.join(root, 'pack'));
  mkdirSync(path.join(root, 'files'));
  writeFileSync(path.join(root, 'pack', 'small.yar'), pack);
  return root;
}

export function removeRoot(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

/** Own rules in a folder of the root. */
export function ownRules(
  root: string,
  texts: Readonly<Record<string, string>>,
): Pick<RuleSettings, 'ruleFolders'> {
  const folder = path.join(root, 'own');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(folder, name), text);
  return { ruleFolders: [{ path: folder, level: 'full' }] };
}
