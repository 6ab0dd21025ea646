import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { QuarantineControl } from '../../../src/services/quarantine/action';
import { systemQuarantineCalls } from '../../../src/services/quarantine/quarantineCalls';
import { SentinelError } from '../../../src/shared/errors';
import type { QuarantineRecord } from '../../../src/shared/quarantine/quarantineRecord';
import { skip } from '../../support/skip';
import { systemError } from '../support/faultyCalls';
import { asNobody } from '../scan/support/asNobody';
import { eicar } from '../scan/support/eicar';
import { freeControl } from './support/freeControl';
import { isAsWritten, mode, modifiedAtS, QuarantineFolders, sha256 } from './support/quarantineFolders';

const content = Buffer.from('harm\n'.repeat(1_000));

describe('QuarantineStore', () => {
  let folders: QuarantineFolders;

  beforeEach(() => {
    folders = new QuarantineFolders();
  });
  afterEach(() => {
    folders.remove();
  });

  function moved(file = folders.file(), store = folders.open()): QuarantineRecord {
    const result = store.move({ path: file, leavesOtherNames: true }, freeControl);
    assert.ok(result.status === 'moved', JSON.stringify(result));
    return result.record;
  }
  const storedFile = (id: string): string => path.join(folders.store, `${id}.content`);

  describe('moving in', () => {
    it('takes the file away, and knows what it was', () => {
      folders.write(content);
      const reason = { recordId: 'r-1', verdict: 'malicious' as const, summary: 'EICAR' };
      const result = folders
        .open()
        .move({ path: folders.file(), sha256: sha256(content), reason }, freeControl);
      assert.ok(result.status === 'moved');
      const { record } = result;
      assert.ok(!existsSync(folders.file()));
      assert.equal(record.origin, folders.file());
      assert.equal(record.sha256, sha256(content));
      assert.equal(record.sizeBytes, content.length);
      assert.equal(record.mode, mode);
      assert.equal(record.modifiedNs, String(BigInt(modifiedAtS * 1e6) * 1_000n));
      assert.deepEqual(record.reason, reason);
      if (process.getuid !== undefined)
        assert.deepEqual(record.owner, { uid: process.getuid(), gid: process.getgid?.() });
      assert.deepEqual(folders.open().list(freeControl), [{ type: 'stored', record }]);
    });

    it('makes it harmless: nothing of it is there as it was, and nobody may run it or read it', () => {
      folders.write(eicar());
      const { id } = moved();
      const bytes = readFileSync(storedFile(id));
      assert.ok(!bytes.includes('EICAR') && bytes.toString('latin1', 0, 8) === 'sentinel');
      if (process.platform !== 'win32') {
        assert.equal(statSync(storedFile(id)).mode & 0o777, 0o600);
        assert.equal(statSync(folders.store).mode & 0o777, 0o700);
      }
      folders.write(eicar(), 'again');
      const again = moved(folders.file('again'));
      assert.notDeepEqual(readFileSync(storedFile(again.id)), bytes, 'two of the same do not look the same');
    });

    it('refuses what has changed since the scan, and leaves it as it is', () => {
      folders.write(content);
      const request = { path: folders.file(), sha256: sha256('what was scanned') };
      assert.deepEqual(folders.open().move(request, freeControl), { status: 'refused', reason: 'changed' });
      assert.ok(isAsWritten(folders.file()));
      assert.deepEqual(folders.open().list(freeControl), []);
      assert.deepEqual(folders.leftovers(), []);
    });

    it('refuses what is written or replaced meanwhile, and loses neither', () => {
      for (const change of [
        () => {
          writeFileSync(folders.file(), 'another content');
        },
        () => {
          writeFileSync(folders.file('new'), content);
          renameSync(folders.file('new'), folders.file());
        },
      ]) {
        folders.write(content);
        const store = folders.open({
          faults: (point) => {
            if (point === 'before content.rename') change();
          },
        });
        assert.deepEqual(store.move({ path: folders.file() }, freeControl), {
          status: 'refused',
          reason: 'changing',
        });
        assert.ok(existsSync(folders.file()));
        assert.deepEqual(folders.open().list(freeControl), []);
        assert.deepEqual(folders.leftovers(), []);
      }
    });

    it('refuses what is no single file', () => {
      const refusalOf = (file: string): unknown => {
        const result = folders.open().move({ path: file }, freeControl);
        return result.status === 'refused' ? result.reason : result;
      };
      mkdirSync(folders.file('folder'));
      assert.equal(refusalOf(folders.file('folder')), 'isDirectory');
      assert.equal(refusalOf(folders.file('nothing')), 'vanished');
      folders.write(content);
      if (process.platform === 'win32') return;
      symlinkSync(folders.file(), folders.file('link'));
      assert.equal(refusalOf(folders.file('link')), 'symbolicLink');
      execFileSync('mkfifo', [folders.file('pipe')]);
      assert.equal(refusalOf(folders.file('pipe')), 'notRegularFile');
      assert.ok(existsSync(folders.file()) && existsSync(folders.file('pipe')));
      const { id } = moved();
      assert.equal(refusalOf(storedFile(id)), 'ownFile');
    });

    it('says that other names of the file stay, before it moves one', () => {
      folders.write(content);
      linkSync(folders.file(), folders.file('second'));
      linkSync(folders.file(), folders.file('third'));
      const asked = folders.open().move({ path: folders.file() }, freeControl);
      assert.deepEqual(asked, { status: 'refused', reason: 'hardLinked', otherNames: 2 });
      assert.equal(moved().otherNames, 2);
      assert.deepEqual(folders.outsideWith(content), ['second', 'third']);
    });

    it('refuses a file that it may not take away, and keeps nothing of it', function () {
      if (process.platform === 'win32') skip(this, 'folders of Windows have no mode that forbids this');
      folders.write(content);
      chmodSync(folders.file(), 0o644);
      chmodSync(folders.outside, 0o555);
      chmodSync(folders.root, 0o777);
      mkdirSync(folders.store, { mode: 0o777 });
      chmodSync(folders.store, 0o777);
      const result = asNobody(() => folders.open().move({ path: folders.file() }, freeControl));
      assert.deepEqual(result, { status: 'refused', reason: 'notRemovable', systemCode: 'EACCES' });
      assert.ok(existsSync(folders.file()));
      assert.deepEqual(folders.leftovers(), []);
      chmodSync(folders.outside, 0o755);
    });

    it('finds out that it may not take it away in the end, too', () => {
      folders.write(content);
      const calls = {
        ...systemQuarantineCalls,
        remove: (file: string): void => {
          if (path.dirname(file) === folders.outside) throw systemError('EROFS', 'unlink');
          systemQuarantineCalls.remove(file);
        },
      };
      const result = folders.open({ calls }).move({ path: folders.file() }, freeControl);
      assert.deepEqual(result, { status: 'refused', reason: 'notRemovable', systemCode: 'EROFS' });
      assert.ok(isAsWritten(folders.file()));
      assert.deepEqual(folders.open().list(freeControl), []);
      assert.deepEqual(folders.leftovers(), []);
    });

    it('ends when it is cancelled, with everything as it was', () => {
      folders.write(Buffer.alloc(3 * 1024 * 1024, 7));
      let checks = 0;
      const control: QuarantineControl = {
        ...freeControl,
        checkpoint: () => {
          checks += 1;
          if (checks === 3) throw new SentinelError('task.cancelled', 'The work was cancelled.');
        },
      };
      assert.throws(() => folders.open().move({ path: folders.file() }, control), { code: 'task.cancelled' });
      assert.ok(isAsWritten(folders.file()));
      assert.deepEqual(folders.leftovers(), []);
    });

    it('tells how far it is, to the end', () => {
      folders.write(Buffer.alloc(5 * 1024 * 1024, 7));
      const percents: number[] = [];
      const reportProgress = (percent: number): void => void percents.push(percent);
      folders.open().move({ path: folders.file() }, { ...freeControl, reportProgress });
      assert.ok(percents.length >= 10 && percents.at(-1) === 100, percents.join());
      assert.deepEqual(
        percents,
        percents.toSorted((one, other) => one - other),
      );
    });
  });

  describe('moving out', () => {
    it('brings back content, permissions and time', () => {
      folders.write(content);
      const { id } = moved();
      const result = folders.open().restore({ id }, freeControl);
      assert.ok(result.status === 'restored' && result.path === folders.file() && result.ownerRestored);
      assert.ok(isAsWritten(folders.file()));
      assert.deepEqual(readFileSync(folders.file()), content);
      assert.deepEqual(folders.open().list(freeControl), []);
      assert.deepEqual(readdirSync(folders.outside), ['install.js']);
    });

    it('brings back an empty file, and one of several pieces', () => {
      for (const size of [0, 1, 1024 * 1024, 2 * 1024 * 1024 + 13]) {
        const bytes = Buffer.alloc(size, 'abc');
        folders.write(bytes);
        const { id } = moved();
        assert.equal(folders.open().restore({ id }, freeControl).status, 'restored');
        assert.deepEqual(readFileSync(folders.file()), bytes);
      }
    });

    it('brings back an owner where that is allowed, and says where it is not', function () {
      if (process.geteuid?.() !== 0) skip(this, 'only root may give files to others');
      folders.write(content);
      execFileSync('chown', ['12:34', folders.file()]);
      chmodSync(folders.file(), 0o4755);
      const { id, owner } = moved();
      assert.deepEqual(owner, { uid: 12, gid: 34 });
      const back = folders.open().restore({ id }, freeControl);
      assert.ok(back.status === 'restored' && back.ownerRestored);
      const stats = statSync(folders.file());
      assert.deepEqual([stats.uid, stats.gid, stats.mode & 0o7777], [12, 34, 0o4755]);

      const again = moved();
      const calls = {
        ...systemQuarantineCalls,
        setOwner: (): void => {
          throw systemError('EPERM', 'fchown');
        },
      };
      const mine = folders.open({ calls }).restore({ id: again.id }, freeControl);
      assert.ok(mine.status === 'restored' && !mine.ownerRestored);
      assert.equal(statSync(folders.file()).mode & 0o7777, 0o755, 'it does not act as somebody else');
    });

    it('never replaces anything, and goes to another name when asked', () => {
      folders.write(content);
      const { id } = moved();
      writeFileSync(folders.file(), 'somebody else’s');
      const store = folders.open();
      assert.deepEqual(store.restore({ id }, freeControl), { status: 'refused', reason: 'nameTaken' });
      assert.equal(readFileSync(folders.file(), 'utf8'), 'somebody else’s');
      assert.equal(store.list(freeControl)[0]?.type, 'stored');
      const target = folders.file('install (restored).js');
      const result = store.restore({ id, target }, freeControl);
      assert.ok(result.status === 'restored' && result.path === target);
      assert.ok(isAsWritten(target));
      assert.deepEqual(folders.leftovers(), []);
    });

    it('does not replace what takes the name at the last moment either', () => {
      folders.write(content);
      const { id } = moved();
      const store = folders.open({
        faults: (point) => {
          if (point === 'before restored.publish') writeFileSync(folders.file(), 'just in time');
        },
      });
      assert.deepEqual(store.restore({ id }, freeControl), { status: 'refused', reason: 'nameTaken' });
      assert.equal(readFileSync(folders.file(), 'utf8'), 'just in time');
      assert.deepEqual(readdirSync(folders.outside), ['install.js']);
      assert.equal(folders.open().list(freeControl)[0]?.type, 'stored');
    });

    it('needs no right to read the folder that it goes to', function () {
      if (process.platform === 'win32') skip(this, 'folders of Windows have no mode that forbids this');
      folders.write(content);
      chmodSync(folders.root, 0o777);
      mkdirSync(folders.store);
      chmodSync(folders.store, 0o777);
      chmodSync(folders.file(), 0o644);
      chmodSync(folders.outside, 0o333);
      asNobody(() => {
        const { id } = moved();
        assert.equal(folders.open().restore({ id }, freeControl).status, 'restored');
        assert.deepEqual(folders.open().list(freeControl), []);
      });
      chmodSync(folders.outside, 0o755);
      assert.deepEqual(readdirSync(folders.outside), ['install.js']);
    });

    it('refuses a name that a link has which leads nowhere', function () {
      if (process.platform === 'win32') skip(this, 'links need a privilege on Windows');
      folders.write(content);
      const { id } = moved();
      symlinkSync('/nowhere', folders.file());
      assert.deepEqual(folders.open().restore({ id }, freeControl), {
        status: 'refused',
        reason: 'nameTaken',
      });
    });

    it('works on file systems that give a file one name only', () => {
      folders.write(content);
      const calls = {
        ...systemQuarantineCalls,
        link: (): void => {
          throw systemError('EPERM', 'link');
        },
      };
      const { id } = moved();
      assert.equal(folders.open({ calls }).restore({ id }, freeControl).status, 'restored');
      assert.ok(isAsWritten(folders.file()));
      const again = moved();
      writeFileSync(folders.file(), 'mine');
      const store = folders.open({
        calls,
        faults: (point) => {
          if (point === 'before restored.rename') throw systemError('EIO', 'rename');
        },
      });
      assert.equal(store.restore({ id: again.id }, freeControl).status, 'refused');
      assert.equal(readFileSync(folders.file(), 'utf8'), 'mine');
      rmSync(folders.file());
      assert.equal(store.restore({ id: again.id }, freeControl).status, 'refused');
      assert.deepEqual(readdirSync(folders.outside), [], 'nothing holds the name any more');
      assert.equal(folders.open().restore({ id: again.id }, freeControl).status, 'restored');
    });

    it('compares with the hash before anything gets a name', () => {
      const damages: ((file: string) => void)[] = [
        (file) => {
          const bytes = readFileSync(file);
          bytes[bytes.length - 1]! ^= 1;
          writeFileSync(file, bytes);
        },
        (file) => {
          truncateSync(file, statSync(file).size - 1);
        },
        (file) => {
          writeFileSync(file, 'something else');
        },
        (file) => {
          truncateSync(file, 10);
        },
      ];
      for (const damage of damages) {
        folders.write(content);
        const { id } = moved();
        damage(storedFile(id));
        assert.deepEqual(folders.open().restore({ id }, freeControl), {
          status: 'refused',
          reason: 'damaged',
        });
        assert.deepEqual(readdirSync(folders.outside), []);
        assert.equal(folders.open().remove(id, freeControl).status, 'removed');
      }
      assert.deepEqual(
        readdirSync(folders.store).filter((name) => name !== 'locks' && name !== 'lock'),
        [],
      );
    });

    it('refuses a folder that leads elsewhere than it did, and goes there only when asked', function () {
      if (process.platform === 'win32') skip(this, 'links need a privilege there');
      mkdirSync(folders.file('work'));
      mkdirSync(folders.file('elsewhere'));
      const file = path.join(folders.file('work'), 'run.sh');
      writeFileSync(file, content);
      const { id } = moved(file);
      rmSync(folders.file('work'), { recursive: true });
      symlinkSync(folders.file('elsewhere'), folders.file('work'));
      const store = folders.open();
      assert.deepEqual(store.restore({ id }, freeControl), { status: 'refused', reason: 'folderElsewhere' });
      assert.deepEqual(readdirSync(folders.file('elsewhere')), []);
      assert.equal(store.restore({ id, target: file }, freeControl).status, 'restored');
      assert.deepEqual(readdirSync(folders.file('elsewhere')), ['run.sh']);
    });

    it('brings back a file to where a link still leads', function () {
      if (process.platform === 'win32') skip(this, 'links need a privilege there');
      mkdirSync(folders.file('real'));
      symlinkSync(folders.file('real'), folders.file('link'));
      const file = path.join(folders.file('link'), 'run.sh');
      writeFileSync(file, content);
      const { id } = moved(file);
      assert.equal(folders.open().restore({ id }, freeControl).status, 'restored');
      assert.deepEqual(readdirSync(folders.file('real')), ['run.sh']);
    });

    it('refuses where the folder is gone, and goes to another one', () => {
      folders.write(content);
      const { id } = moved();
      rmSync(folders.outside, { recursive: true });
      assert.deepEqual(folders.open().restore({ id }, freeControl), {
        status: 'refused',
        reason: 'folderGone',
      });
      mkdirSync(folders.outside);
      assert.equal(folders.open().restore({ id }, freeControl).status, 'restored');
    });

    it('knows what it does not have', () => {
      const id = '0'.repeat(32);
      assert.deepEqual(folders.open().restore({ id }, freeControl), {
        status: 'refused',
        reason: 'unknownItem',
      });
      assert.deepEqual(folders.open().remove(id, freeControl), { status: 'refused', reason: 'unknownItem' });
    });
  });

  describe('listing', () => {
    it('has the newest first', () => {
      let now = 1_000;
      const clock = { now: () => (now += 1_000), monotonicMs: () => 0 };
      for (const name of ['a', 'b', 'c']) moved(folders.write(name, name), folders.open({ clock }));
      const names = folders
        .open()
        .list(freeControl)
        .map((item) => path.basename(item.record?.origin ?? ''));
      assert.deepEqual(names, ['c', 'b', 'a']);
    });

    it('tells of items that have lost a part, and deletes them on demand alone', () => {
      const [first, second, third] = ['a', 'b', 'c'].map((name) => moved(folders.write(name, name)).id);
      rmSync(path.join(folders.store, `${first ?? ''}.stored`));
      writeFileSync(path.join(folders.store, `${second ?? ''}.stored`), '{"version":1}');
      rmSync(storedFile(third ?? ''));
      const problems = folders
        .open()
        .list(freeControl)
        .map((item) => (item.type === 'damaged' ? [item.id, item.problem] : item));
      assert.deepEqual(
        new Map(problems as [string, string][]),
        new Map([
          [first, 'recordMissing'],
          [second, 'recordUnreadable'],
          [third, 'contentMissing'],
        ]),
      );
      for (const id of [first, second, third])
        assert.equal(folders.open().remove(id ?? '', freeControl).status, 'removed');
      assert.deepEqual(folders.open().list(freeControl), []);
    });

    it('starts nothing where there is nothing', () => {
      assert.deepEqual(folders.open().list(freeControl), []);
      assert.ok(!existsSync(folders.store));
    });
  });
});
