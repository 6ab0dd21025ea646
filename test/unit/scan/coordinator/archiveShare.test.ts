import assert from 'node:assert/strict';
import { ScriptedScans } from '../support/scriptedScans';
import { removeRoot } from '../support/realScans';

const mib = 1024 * 1024;
/** What all threads may hold of archives together, and what one needs to open a member at all. */
const allBytes = 320 * mib;
const leastBytes = 80 * mib;
const costs = { scanCount: 1, memoryBytes: 10 };

describe('the memory that archives get', () => {
  let scans: ScriptedScans;
  let memoryBytes: number;
  let shares: number[];

  beforeEach(() => {
    shares = [];
    memoryBytes = 10;
    scans = new ScriptedScans({
      prepare: () => Promise.resolve({ memoryBytes }),
      scanFile: ({ options }) => {
        shares.push(options.archiveMemoryBytes);
        const judgement = { engines: [], findings: [] };
        return Promise.resolve({ judgement, unchanged: true, bytes: 0, costs });
      },
      scanBatch: ({ options, paths }) => {
        shares.push(options.archiveMemoryBytes);
        return Promise.resolve({ judgements: [], unchanged: new Uint8Array(paths.length), bytes: 0, costs });
      },
    });
  });
  afterEach(async () => {
    await scans.coordinator.stop();
    removeRoot(scans.root);
  });

  const shareOf = async (threads: number, target?: string): Promise<number> => {
    shares = [];
    let isOver = false;
    void scans.scan(target, { threads }).then(() => (isOver = true));
    await scans.until(() => isOver, 'the end');
    const [share, ...others] = shares;
    assert.ok(share !== undefined && others.every((other) => other === share));
    return share;
  };

  for (const [threads, share] of [
    [1, 160 * mib],
    [2, 160 * mib],
    [3, Math.floor(allBytes / 3)],
    [4, 80 * mib],
    [5, leastBytes],
    [32, leastBytes],
  ] as const) {
    it(`is ${Math.floor(share / mib)} MB for each of ${threads} threads, of files and of folders`, async () => {
      const file = scans.write('a.zip', 'text');
      assert.equal(await shareOf(threads, file), share);
      assert.equal(await shareOf(threads), share);
      // Beyond four, each still gets room for one member.
      if (threads <= 4) assert.ok(share * threads <= allBytes);
    });
  }

  it('goes by the threads that the memory of rules leaves room for, as soon as that is known', async () => {
    memoryBytes = 140 * mib;
    const file = scans.write('a.zip', 'text');
    assert.equal(await shareOf(8, file), leastBytes);
    assert.equal(await shareOf(8, file), 160 * mib, 'two threads have room for their rules');
  });
});
