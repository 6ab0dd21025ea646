import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InterruptedScans } from '../../../../src/services/history/claims/interruptedScans';
import { systemClock } from '../../../../src/shared/clock';
import { ChildScript } from '../../support/childScript';
import type { FixtureBundle } from '../../support/fixtureBundle';
import { madeRecord } from '../../support/scanRecords';
import { RealHistory } from '../service/support/realHistory';

describe('a real process that is killed in the middle of a scan', () => {
  let bundle: FixtureBundle;
  let real: RealHistory;
  let child: ChildScript | undefined;
  before(async () => {
    bundle = await RealHistory.bundle();
    await bundle.build('test/unit/history/claims/support/killedScan.script.ts');
  });
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    real = RealHistory.on(bundle);
  });
  afterEach(async () => {
    await child?.kill();
    await real.stop();
  });

  const journals = (): string[] =>
    readdirSync(real.folder)
      .filter((name) => name.endsWith('.journal'))
      .map((name) => readFileSync(path.join(real.folder, name), 'utf8'));

  it('leaves a record that two other windows bring to its end, once and for good', async () => {
    const record = madeRecord({ status: 'running' });
    await real.open(undefined, { put: (_, write) => write() }).put(record);
    child = new ChildScript(bundle.file('killedScan.script'), real.claimsFolder, JSON.stringify(record));
    await child.lines.next('claimed');
    const windows = [1, 2].map(() => {
      const claims = real.claims();
      const history = real.open(undefined, claims);
      const options = { history, claims, clock: systemClock, logger: real.logger };
      return { history, scans: new InterruptedScans(options) };
    });
    const lookAll = (): Promise<unknown> => Promise.all(windows.map(({ scans }) => scans.look()));
    try {
      await lookAll();
      assert.equal((await windows[0]?.history.get(record.id))?.status, 'running');
      await child.kill();
      await lookAll();
      for (const { history } of windows) {
        const ended = await history.get(record.id);
        assert.equal(ended?.status, 'interrupted');
        assert.equal(ended.verdict, undefined);
      }
      assert.deepEqual(readdirSync(real.claimsFolder), []);
      const written = journals();
      assert.equal(written.join('').split('"interrupted"').length - 1, 1);
      await lookAll();
      assert.deepEqual(journals(), written);
      assert.equal((await real.open().get(record.id))?.status, 'interrupted');
    } finally {
      for (const { scans } of windows) scans.dispose();
    }
  }).timeout(20_000);
});
