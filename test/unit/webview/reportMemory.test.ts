import assert from 'node:assert/strict';
import { Memory } from '../../../webview-ui/report/memory';
import { relativePath } from '../../../webview-ui/report/paths';

function keeperOf(state?: unknown): { getState(): unknown; setState(state: unknown): void } {
  let kept = state;
  return {
    getState: () => kept,
    setState: (changed) => {
      kept = changed;
    },
  };
}

describe('what VS Code keeps for a report', () => {
  it('is whose report it is, how far its lists are open, and where it stood', () => {
    const keeper = keeperOf();
    const memory = new Memory(keeper);
    memory.begin('a');
    memory.setShown('why', 250);
    memory.setScrollTop(900);
    assert.deepEqual(keeper.getState(), { id: 'a', shown: { why: 250 }, scrollTop: 900 });
    const again = new Memory(keeper);
    again.begin('a');
    assert.deepEqual([again.shown('why', 50), again.shown('files', 20), again.scrollTop], [250, 20, 900]);
  });

  it('is forgotten for another record', () => {
    const memory = new Memory(keeperOf({ id: 'a', shown: { why: 250 }, scrollTop: 900 }));
    memory.begin('b');
    assert.deepEqual([memory.shown('why', 50), memory.scrollTop], [50, 0]);
  });

  for (const state of [null, 'a', { id: '' }, { id: 'a', shown: { why: -1 }, scrollTop: 0 }]) {
    it(`is not believed to be ${JSON.stringify(state)}`, () => {
      const memory = new Memory(keeperOf(state));
      memory.begin('a');
      assert.deepEqual([memory.shown('why', 50), memory.scrollTop], [50, 0]);
    });
  }

  it('is nothing before there is a record', () => {
    const keeper = keeperOf();
    const memory = new Memory(keeper);
    memory.setShown('why', 250);
    memory.setScrollTop(1);
    assert.equal(keeper.getState(), undefined);
  });
});

describe('a path in the report of a folder', () => {
  it('goes without the folder where it lies inside', () => {
    assert.equal(relativePath('/a/b', '/a/b/c/d'), 'c/d');
    assert.equal(relativePath('/', '/a'), 'a');
    assert.equal(relativePath('C:\\a', 'C:\\a\\b'), 'b');
    assert.equal(relativePath('/a/b', '/a/bc'), '/a/bc');
    assert.equal(relativePath('/a/b', '/a/b'), '/a/b');
    assert.equal(relativePath('/a/b', '/a/b/'), '/a/b/');
    assert.equal(relativePath('', '/a'), '/a');
    assert.equal(relativePath('/a/b', '/x'), '/x');
  });
});
