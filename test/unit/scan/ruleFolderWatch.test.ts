import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RuleFolderWatch, type WatchFolder } from '../../../src/services/scan/ruleFolderWatch';
import { toDisposable } from '../../../src/shared/disposable';
import { RecordingLogger } from '../support/recordingLogger';

describe('the watch of rule folders', () => {
  let root: string;
  let rules: string;
  let changes: number;
  let logger: RecordingLogger;
  const watches: RuleFolderWatch[] = [];

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-rules-'));
    rules = path.join(root, 'rules');
    mkdirSync(path.join(rules, 'below/deeper'), { recursive: true });
    changes = 0;
    logger = new RecordingLogger();
  });
  afterEach(() => {
    for (const watch of watches.splice(0)) watch.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  const create = (watchFolder?: WatchFolder, isRecursive?: boolean): RuleFolderWatch => {
    const watch = new RuleFolderWatch({
      logger,
      onChange: () => {
        changes += 1;
      },
      ...(watchFolder && { watchFolder }),
      ...(isRecursive !== undefined && { isRecursive }),
    });
    watches.push(watch);
    return watch;
  };

  describe('as the system tells', function () {
    this.timeout(20_000);
    /** Does something, and waits for what the system tells of it: it does so when it likes. */
    const tells = async (act: () => void): Promise<void> => {
      const before = changes;
      act();
      const endMs = Date.now() + 10_000;
      while (changes === before) {
        if (Date.now() > endMs) throw new Error('Nothing was told.');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    /** Whatever the system still has to tell came before it tells of another change. */
    const tellsNothing = async (watch: RuleFolderWatch, act: () => void): Promise<void> => {
      act();
      const before = changes;
      await tells(() => {
        writeFileSync(path.join(rules, 'last.yar'), '');
      });
      rmSync(path.join(rules, 'last.yar'));
      assert.ok(changes - before <= 3, 'more was told than of the last file');
      await watch.watch([rules]);
    };

    it('tells of rules that come, change and go, at whatever depth', async () => {
      const watch = create();
      assert.equal(await watch.watch([rules]), true);
      const file = path.join(rules, 'below/deeper/mine.YARA');
      await tells(() => {
        writeFileSync(file, 'rule a { condition: true }');
      });
      await tells(() => {
        writeFileSync(file, 'rule b { condition: true }');
      });
      await tells(() => {
        renameSync(file, path.join(rules, 'below/other.yar'));
      });
      await tells(() => {
        rmSync(path.join(rules, 'below/other.yar'));
      });
    });

    it('tells of folders that come and go, and then of what is in them', async () => {
      const watch = create();
      await watch.watch([rules]);
      const moved = path.join(root, 'moved');
      mkdirSync(moved);
      await tells(() => {
        renameSync(moved, path.join(rules, 'moved'));
      });
      assert.equal(await watch.watch([rules]), true);
      await tells(() => {
        writeFileSync(path.join(rules, 'moved/mine.yar'), '');
      });
      await tells(() => {
        rmSync(path.join(rules, 'below'), { recursive: true });
      });
    });

    it('tells of a folder that was not there, and of one that was removed and made again', async () => {
      const watch = create();
      const later = path.join(root, 'later');
      await watch.watch([later]);
      await tells(() => {
        mkdirSync(later);
      });
      await watch.watch([later]);
      await tells(() => {
        writeFileSync(path.join(later, 'mine.yar'), '');
      });
      await tells(() => {
        rmSync(later, { recursive: true });
      });
      await watch.watch([later]);
      await tells(() => {
        mkdirSync(later);
      });
      await watch.watch([later]);
      await tells(() => {
        writeFileSync(path.join(later, 'mine.yar'), '');
      });
    });

    it('tells of no other files', async () => {
      const watch = create();
      await watch.watch([rules]);
      await tellsNothing(watch, () => {
        for (let index = 0; index < 30; index++) writeFileSync(path.join(rules, `note${index}.txt`), 'x');
      });
    });
  });

  describe('within its bounds', function () {
    this.timeout(20_000);
    const watched: string[] = [];
    let hear: ((name: string | undefined) => void)[] = [];
    let refuse: (folder: string) => string | undefined;
    const scripted: WatchFolder = (folder, onEvent) => {
      const code = refuse(folder);
      if (code !== undefined) throw Object.assign(new Error(code), { code, syscall: 'watch' });
      watched.push(folder);
      hear.push(onEvent);
      return toDisposable(() => {
        watched.splice(watched.indexOf(folder), 1);
      });
    };
    beforeEach(() => {
      watched.length = 0;
      hear = [];
      refuse = () => undefined;
    });

    it('costs nothing where everything is watched already', async () => {
      const watch = create(scripted, false);
      assert.equal(await watch.watch([rules]), true);
      assert.deepEqual(
        watched.map((folder) => path.relative(root, folder)),
        ['rules', 'rules/below', 'rules/below/deeper'],
      );
      const { length } = hear;
      assert.equal(await watch.watch([rules]), false);
      assert.equal(hear.length, length);
    });

    it('takes a bounded number of watches, those further up first', async () => {
      for (let index = 0; index < 300; index++)
        mkdirSync(path.join(rules, `f${index}/g`), { recursive: true });
      const watch = create(scripted, false);
      await watch.watch([rules]);
      assert.equal(watched.length, 256);
      assert.ok(watched.every((folder) => path.relative(root, folder).split(path.sep).length <= 2));
      assert.equal(await watch.watch([rules]), false, 'what is beyond the bounds is not tried again');
    });

    it('tries again with the next scan where the user has no watch left, and says so once', async () => {
      refuse = () => 'ENOSPC';
      const watch = create(scripted, false);
      assert.equal(await watch.watch([rules]), false);
      assert.equal(await watch.watch([rules]), false);
      assert.equal(logger.of('info').filter((line) => line.includes('ENOSPC')).length, 1);
      refuse = () => undefined;
      assert.equal(await watch.watch([rules]), true);
      assert.equal(watched.length, 3);
    });

    it('watches the others where one cannot be', async () => {
      refuse = (folder) => (folder.endsWith('below') ? 'EACCES' : undefined);
      await create(scripted, false).watch([rules]);
      assert.deepEqual(
        watched.map((folder) => path.basename(folder)),
        ['rules', 'deeper'],
      );
    });

    it('lets go of folders that are none any more, and of all in the end', async () => {
      const watch = create(scripted, false);
      await watch.watch([rules]);
      await watch.watch([path.join(rules, 'below/deeper')]);
      assert.deepEqual(watched, [path.join(rules, 'below/deeper')]);
      await watch.watch([]);
      assert.deepEqual(watched, []);
      await watch.watch([rules]);
      watch.dispose();
      assert.deepEqual(watched, []);
      hear.at(-1)?.('mine.yar');
      assert.equal(changes, 0);
    });

    it('leaves what is below to the system where that tells of it', async () => {
      const watch = create(scripted, true);
      await watch.watch([rules]);
      assert.deepEqual(watched, [rules]);
      for (const name of ['below/mine.yar', 'below', undefined]) {
        const before = changes;
        hear[0]?.(name);
        assert.equal(changes, before + 1, name);
      }
      hear[0]?.('below/notes.txt');
      assert.equal(changes, 3);
    });

    it('takes very many names at once for a change, instead of looking at each', async () => {
      const watch = create(scripted, false);
      await watch.watch([rules]);
      for (let index = 0; index < 1_000; index++) hear[0]?.(`gone${index}`);
      assert.ok(changes > 0);
    });
  });
});
