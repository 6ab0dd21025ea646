import assert from 'node:assert/strict';
import { SentinelError } from '../../../src/shared/errors';
import { freeControl } from './support/freeControl';
import { isAsWritten, QuarantineFolders } from './support/quarantineFolders';

const content = Buffer.from('harm\n'.repeat(1_000));

describe('a quarantine that windows share', () => {
  let folders: QuarantineFolders;

  beforeEach(() => {
    folders = new QuarantineFolders();
  });
  afterEach(() => {
    folders.remove();
  });

  it('waits for another window, until it is told to end', () => {
    folders.write(content);
    let inside = 0;
    const waiting = folders.open({
      pause: () => {
        inside += 1;
      },
    });
    const busy = folders.open({
      faults: (point) => {
        if (point !== 'before content.sync') return;
        let checks = 0;
        const checkpoint = (): void => {
          checks += 1;
          if (checks === 5) throw new SentinelError('task.cancelled', 'The work was cancelled.');
        };
        assert.throws(() => waiting.move({ path: folders.file() }, { ...freeControl, checkpoint }), {
          code: 'task.cancelled',
        });
      },
    });
    assert.equal(busy.move({ path: folders.file() }, freeControl).status, 'moved');
    assert.equal(inside, 4);
  });

  it('gives a sign of life while it holds the lock for long', () => {
    folders.write(Buffer.alloc(4 * 1024 * 1024));
    let refreshed = 0;
    let nowMs = 0;
    const store = folders.open({
      clock: { now: () => 0, monotonicMs: () => (nowMs += 3_000) },
      lock: {
        isStuck: false,
        announce: () => ({ dispose: () => undefined }),
        tryAcquire: () => ({
          isHeld: () => true,
          refresh: () => (refreshed += 1),
          isWanted: false,
          release: () => undefined,
        }),
      },
    });
    assert.equal(store.move({ path: folders.file() }, freeControl).status, 'moved');
    assert.ok(refreshed >= 2, String(refreshed));
  });

  it('removes nothing once another machine may have taken the lock', () => {
    folders.write(content);
    let held = true;
    const store = folders.open({
      faults: (point) => {
        if (point === 'after content.rename') held = false;
      },
      lock: {
        isStuck: false,
        announce: () => ({ dispose: () => undefined }),
        tryAcquire: () => ({
          isHeld: () => held,
          refresh: () => undefined,
          isWanted: false,
          release: () => undefined,
        }),
      },
    });
    assert.deepEqual(store.move({ path: folders.file() }, freeControl), {
      status: 'refused',
      reason: 'lockLost',
    });
    assert.ok(isAsWritten(folders.file()));
    assert.deepEqual(folders.open().list(freeControl), [], 'whoever has it takes it back');
  });
});
