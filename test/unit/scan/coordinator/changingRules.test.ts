import assert from 'node:assert/strict';
import path from 'node:path';
import { deferred } from '../../../../src/services/tasks/deferred';
import type { ScanResult } from '../../../../src/shared/protocol/scanWorker';
import type { ScanSettings } from '../../../../src/shared/scan/settings';
import { ownRules, removeRoot } from '../support/realScans';
import { ScriptedScans } from '../support/scriptedScans';

const costs = { scanCount: 1, memoryBytes: 10 };
const noHit = { id: 'yara', name: 'YARA-X', state: 'noHit' } as const;

describe('scans in the midst of which other rules come into force', () => {
  let scans: ScriptedScans;
  let settings: Pick<ScanSettings, 'ruleFolders'>;
  let compile: () => void;
  /** What happens while files are looked at. */
  let meanwhile: () => void;

  beforeEach(() => {
    const compiled = deferred<undefined>();
    compile = () => {
      compiled.resolve(undefined);
    };
    meanwhile = () => undefined;
    const lookAt = async (): Promise<void> => {
      meanwhile();
      await new Promise((resolve) => setImmediate(resolve));
    };
    scans = new ScriptedScans({
      prepare: async ({ sources }) => {
        if (sources.length > 1) await compiled.promise;
        return {};
      },
      scanBatch: async ({ paths }) => {
        await lookAt();
        return { judgements: [], unchanged: new Uint8Array(paths.length), bytes: 0, costs };
      },
      scanFile: async () => {
        await lookAt();
        return { judgement: { engines: [noHit], findings: [] }, unchanged: false, bytes: 0, costs };
      },
    });
    settings = ownRules(scans.root, { 'many.yar': 'x'.repeat(300_000) });
  });
  afterEach(async () => {
    compile();
    await scans.coordinator.stop();
    removeRoot(scans.root);
  });

  const ended = async (scan: Promise<ScanResult>): Promise<ScanResult> => {
    let isOver = false;
    void scan.then(() => (isOver = true));
    await scans.until(() => isOver, 'the end');
    return scan;
  };
  const engine = ({ engines }: ScanResult, id: string): ScanResult['engines'][number] | undefined =>
    engines.find((report) => report.id === id);

  it('say of a file which rules were asked about it', async () => {
    const file = scans.write('a', 'text');
    meanwhile = compile;
    const early = await ended(scans.scan(file, settings));
    assert.equal(engine(early, 'yaraOwn')?.reason, 'notReady');
    assert.match(engine(early, 'yara')?.database?.version ?? '', /^1 rule, /);
    const late = await ended(scans.scan(file, settings));
    assert.equal(engine(late, 'yaraOwn'), undefined);
    assert.match(engine(late, 'yara')?.database?.version ?? '', /^2 rules, /);
  });

  it('say of a folder that not all of its files were asked about with the same rules', async () => {
    // Each is a job of its own.
    for (const name of ['a', 'b', 'c', 'd']) scans.write(name, 'x'.repeat(1_100_000));
    let looks = 0;
    meanwhile = () => {
      if (++looks === 2) compile();
    };
    const result = await ended(scans.scan(path.join(scans.root, 'files'), settings));
    const yara = engine(result, 'yara');
    assert.match(yara?.database?.version ?? '', /^1 rule, [0-9a-f]{8}; 2 rules, [0-9a-f]{8}$/);
    assert.equal(yara?.detail, '4 files; not all files with the same rules');
    const own = engine(result, 'yaraOwn');
    assert.equal(own?.reason, 'notReady');
    assert.match(own.detail ?? '', /^[123] of 4 files$/);
    const again = await ended(scans.scan(path.join(scans.root, 'files'), settings));
    assert.equal(engine(again, 'yaraOwn'), undefined);
    assert.equal(engine(again, 'yara')?.detail, '4 files');
  });
});
