import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderWatch } from '../../../../src/services/history/storage/folderWatch';
import { systemClock } from '../../../../src/shared/clock';
import { FakeClock } from '../../support/fakeClock';

describe('FolderWatch', () => {
  let root: string;
  let clock: FakeClock;
  let watch: FolderWatch | undefined;
  let changes: number;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-watch-'));
    clock = new FakeClock();
    changes = 0;
  });
  afterEach(() => {
    watch?.dispose();
    watch = undefined;
    rmSync(root, { recursive: true, force: true });
  });

  function start(folder: string): FolderWatch {
    return (watch = new FolderWatch({
      folder,
      clock,
      pollMs: 1_500,
      slowPollMs: 15_000,
      onChange: () => {
        changes += 1;
      },
    }));
  }

  it('is told of a change by the system, and of a burst once', async () => {
    const told = Promise.withResolvers<undefined>();
    watch = new FolderWatch({
      folder: root,
      clock: systemClock,
      pollMs: 60_000,
      slowPollMs: 60_000,
      onChange: () => {
        changes += 1;
        told.resolve(undefined);
      },
    });
    for (let index = 0; index < 5; index += 1) writeFileSync(path.join(root, 'history-000001.journal'), 'x');
    await told.promise;
    assert.equal(changes, 1);
  });

  it('looks now and then where the system tells nothing, and rarely where it does', async () => {
    const folder = path.join(root, 'history');
    const started = start(folder);
    assert.equal(started.isListening, false);
    await clock.advance(3_100);
    assert.equal(changes, 2);
    mkdirSync(folder);
    await clock.advance(1_500);
    assert.equal(started.isListening, true);
    assert.equal(changes, 3);
    await clock.advance(14_000);
    assert.equal(changes, 3);
    await clock.advance(1_000);
    assert.equal(changes, 4);
    rmSync(folder, { recursive: true });
    await clock.advance(15_000);
    assert.equal(started.isListening, false);
  });

  it('is over when it is disposed', async () => {
    const started = start(root);
    started.dispose();
    started.dispose();
    assert.equal(clock.pendingTimers, 0);
    await clock.advance(60_000);
    assert.equal(changes, 0);
  });
});
