import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ChildScript } from '../support/childScript';
import { FixtureBundle } from '../support/fixtureBundle';
import { Random, testSeed } from '../support/random';
import { freeControl } from './support/freeControl';
import { isAsWritten, QuarantineFolders } from './support/quarantineFolders';

const fileCount = 4;
const windowCount = 2;
const roundsEach = 60;

describe('several windows that share a quarantine and are killed at random', () => {
  const bundle = new FixtureBundle();
  let folders: QuarantineFolders;

  before(() => bundle.build('test/unit/quarantine/support/quarantineRounds.script.ts'));
  after(() => {
    bundle.remove();
    folders.remove();
  });

  it('have each file in exactly one place in the end', async () => {
    const random = new Random(testSeed());
    folders = new QuarantineFolders();
    const contents = Array.from({ length: fileCount }, (_, index) =>
      Buffer.from(`harm ${index}\n`.repeat(500)),
    );
    contents.forEach((content, index) => folders.write(content, `file-${index}`));
    const notes = (window: number): string => path.join(folders.root, `notes-${window}`);
    let kills = 0;
    const runWindow = async (window: number): Promise<void> => {
      for (;;) {
        const args = [
          folders.store,
          folders.outside,
          fileCount,
          notes(window),
          roundsEach,
          random.below(2 ** 31),
        ];
        const child = new ChildScript(bundle.file('quarantineRounds.script'), ...args.map(String));
        const ended = await child.exited;
        if (ended === 0) return;
        assert.equal(ended, 'SIGKILL');
        kills += 1;
      }
    };
    await Promise.all(Array.from({ length: windowCount }, (_, window) => runWindow(window)));

    const items = folders.open().list(freeControl);
    for (const [index, content] of contents.entries()) {
      const outside = folders.outsideWith(content);
      const stored = folders.storedWith(content);
      assert.equal(outside.length + stored.length, 1, `file ${index}: ${[...outside, ...stored].join()}`);
      for (const name of outside) {
        assert.ok(!name.startsWith('.'), name);
        assert.ok(isAsWritten(folders.file(name)), name);
      }
    }
    assert.ok(items.every(({ type }) => type === 'stored'));
    assert.deepEqual(folders.leftovers(), []);
    const done = Array.from({ length: windowCount }, (_, window) => readFileSync(notes(window), 'utf8')).join(
      '',
    );
    console.log(`      ${kills} kills, ${done.split('\n').length - 1} rounds`);
    assert.ok(kills > 10, 'they were killed often');
    assert.ok(done.includes('move moved') && done.includes('restore restored'));
  }).timeout(180_000);
});
