import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemFileCalls } from '../../../src/services/files/fileCalls';
import { FlagLock, type FlagLockOptions, foreignLimitMs } from '../../../src/services/locks/flagLock';
import { thisOwner } from '../../../src/services/locks/lockOwner';
import { skip } from '../../support/skip';
import { FixtureBundle } from '../support/fixtureBundle';
import { testSeed } from '../support/random';
import { ChildScript } from '../support/childScript';
import { faultyCalls, systemError } from '../support/faultyCalls';

const supportFolder = 'test/unit/locks/support';

describe('FlagLock', () => {
  const bundle = new FixtureBundle();
  const children: ChildScript[] = [];
  let root: string;

  before(function () {
    if (process.platform !== 'linux') skip(this, 'other systems have a lock of the kernel');
    return bundle.build(`${supportFolder}/lockHolder.script.ts`, `${supportFolder}/lockTaker.script.ts`);
  });
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-lock-'));
    mkdirSync(flags());
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    rmSync(root, { recursive: true, force: true });
  });

  const flags = (): string => path.join(root, 'locks');

  function lockWith(options: Partial<FlagLockOptions> = {}): FlagLock {
    return new FlagLock({
      folder: flags(),
      calls: systemFileCalls,
      makeFolder: () => undefined,
      monotonicMs: () => 0,
      ...options,
    });
  }

  function start(script: string, ...args: readonly string[]): ChildScript {
    const child = new ChildScript(bundle.file(script), root, ...args);
    children.push(child);
    return child;
  }

  async function holder(where: 'main' | 'worker'): Promise<ChildScript> {
    const child = start('lockHolder.script', where);
    await child.lines.next('held');
    return child;
  }

  it('has one owner at a time, and another afterwards', () => {
    const one = lockWith();
    const other = lockWith();
    const hold = one.tryAcquire();
    assert.equal(hold?.isHeld(), true);
    assert.equal(other.tryAcquire(), undefined);
    assert.equal(one.tryAcquire(), undefined);
    hold.release();
    assert.equal(hold.isHeld(), false);
    const next = other.tryAcquire();
    assert.equal(next?.isHeld(), true);
    next.release();
    assert.deepEqual(readdirSync(flags()), []);
  });

  it('shows that its holder lives, when that is said', () => {
    const hold = lockWith().tryAcquire();
    const flag = path.join(flags(), readdirSync(flags())[0] ?? '');
    utimesSync(flag, 1, 1);
    hold?.refresh();
    assert.ok(Date.now() - statSync(flag).mtimeMs < 60_000);
    hold?.release();
    hold?.refresh();
    assert.deepEqual(readdirSync(flags()), [], 'it brings nothing back');
  });

  it('tells its owner that others wait, and is kept from nobody by them', () => {
    const one = lockWith();
    const other = lockWith();
    const first = one.tryAcquire();
    assert.equal(first?.isWanted, false);
    first.release();
    const announced = other.announce();
    const wanted = one.tryAcquire();
    assert.equal(wanted?.isWanted, true);
    wanted.release();
    // Who waits does not wait for itself.
    const got = other.tryAcquire();
    assert.equal(got?.isWanted, false);
    got.release();
    announced.dispose();
    assert.equal(one.tryAcquire()?.isWanted, false);
    assert.equal(readdirSync(flags()).length, 1);

    rmSync(flags(), { recursive: true });
    other.announce().dispose();
  });

  it('makes its folder', () => {
    rmSync(flags(), { recursive: true });
    assert.equal(lockWith().tryAcquire()?.isHeld(), true);
    rmSync(root, { recursive: true });
    assert.equal(
      lockWith({
        makeFolder: () => {
          mkdirSync(root);
        },
      })
        .tryAcquire()
        ?.isHeld(),
      true,
    );
  });

  it('is taken over from a process that was killed, and not before', async () => {
    const child = await holder('main');
    assert.equal(lockWith().tryAcquire(), undefined);
    await child.kill();
    assert.equal(lockWith().tryAcquire()?.isHeld(), true);
    assert.equal(readdirSync(flags()).length, 1);
  });

  it('is taken over from a process that its parent has not asked after yet', async () => {
    const child = await holder('main');
    child.signal('SIGKILL');
    const stat = (): string => {
      try {
        return readFileSync(`/proc/${child.pid}/stat`, 'utf8');
      } catch {
        return ') Z ';
      }
    };
    // Nothing is awaited here, so that it stays a zombie.
    while (!stat().includes(') Z ')) continue;
    assert.equal(lockWith().tryAcquire()?.isHeld(), true);
  });

  it('is not taken from a process that is stopped, however often one tries', async () => {
    const child = await holder('main');
    child.signal('SIGSTOP');
    const lock = lockWith({ monotonicMs: () => performance.now() * 1_000_000 });
    for (let attempt = 0; attempt < 200; attempt += 1) assert.equal(lock.tryAcquire(), undefined);
    const [flag = ''] = readdirSync(flags());
    const long = new Date(Date.now() - 10 * foreignLimitMs);
    utimesSync(path.join(flags(), flag), long, long);
    assert.equal(lock.tryAcquire(), undefined);
    child.signal('SIGCONT');
    child.tell('release');
    await child.lines.next('released');
    assert.equal(lock.tryAcquire()?.isHeld(), true);
  });

  it('is taken over from a thread that was ended while its process lives on', async () => {
    const child = await holder('worker');
    assert.equal(lockWith().tryAcquire(), undefined);
    child.tell('terminate');
    await child.lines.next('terminated');
    assert.equal(lockWith().tryAcquire()?.isHeld(), true);
  });

  it('is taken over where the process id is that of another process by now', () => {
    const self = thisOwner();
    const nameOf = (changes: Partial<typeof self>): string => {
      const { domain, pid, thread, started } = { ...self, ...changes };
      return path.join(flags(), `${domain}.${pid}.${thread}.${started}.0123456789ab`);
    };
    writeFileSync(nameOf({}), '');
    writeFileSync(nameOf({ pid: 1 }).replace(/[^/]*$/, 'wait.$&'), '');
    assert.equal(lockWith().tryAcquire(), undefined);
    rmSync(nameOf({}));
    for (const changes of [{ started: self.started - 1 }, { thread: 4_194_303 }, { pid: 1 }]) {
      writeFileSync(nameOf(changes), '');
      const hold = lockWith().tryAcquire();
      assert.equal(hold?.isHeld(), true);
      assert.equal(existsSync(nameOf(changes)), false);
      hold.release();
    }
  });

  it('knows what is no flag, and leaves it alone', () => {
    const names = ['', 'x', '.tmp', 'a.b.c.d.e', '0123456789abcdef.0.1.1.0123456789ab', '..0123456789ab'];
    for (const name of names) writeFileSync(path.join(flags(), `garbage${name}`), 'garbage');
    assert.equal(lockWith().tryAcquire()?.isHeld(), true);
    assert.equal(readdirSync(flags()).length, names.length + 1);
  });

  describe('of an owner on another machine', () => {
    const foreign = '0123456789abcdef.77.77.77.0123456789ab';
    const put = (ageMs: number): void => {
      writeFileSync(path.join(flags(), foreign), '');
      const time = new Date(Date.now() - ageMs);
      utimesSync(path.join(flags(), foreign), time, time);
    };

    it('is left to it for a minute by the clock of the file system', () => {
      put(foreignLimitMs - 5_000);
      assert.equal(lockWith().tryAcquire(), undefined);
      assert.deepEqual(readdirSync(flags()), [foreign]);
      put(foreignLimitMs + 5_000);
      assert.equal(lockWith().tryAcquire()?.isHeld(), true);
      assert.equal(readdirSync(flags()).includes(foreign), false);
    });

    it('is left to it for a minute by our own clock where that of the file system is wrong', () => {
      put(-1_000_000_000);
      let nowMs = 5_000;
      const lock = lockWith({ monotonicMs: () => nowMs });
      assert.equal(lock.tryAcquire(), undefined);
      nowMs += foreignLimitMs;
      assert.equal(lock.tryAcquire(), undefined);
      nowMs += 1;
      assert.equal(lock.tryAcquire()?.isHeld(), true);
    });

    it('is noticed to be gone when another machine has taken us for dead', () => {
      const hold = lockWith().tryAcquire();
      const [own = ''] = readdirSync(flags());
      rmSync(path.join(flags(), own));
      assert.equal(hold?.isHeld(), false);
      hold.release();
    });
  });

  it('leaves no flag behind where one cannot look, and takes one down later that could not be', () => {
    let fails: 'list' | 'remove' | undefined;
    const calls = {
      ...faultyCalls((call) => (call === fails ? systemError('EIO', call) : undefined)),
      list: (folder: string): string[] => {
        // The look after the flag is up.
        if (fails === 'list' && systemFileCalls.list(folder).length > 0) throw systemError('EIO', 'scandir');
        return systemFileCalls.list(folder);
      },
    };
    const lock = lockWith({ calls });
    fails = 'list';
    assert.throws(() => lock.tryAcquire(), /EIO/);
    assert.deepEqual(readdirSync(flags()), []);
    fails = 'remove';
    lock.tryAcquire()?.release();
    assert.equal(lock.isStuck, true);
    assert.equal(lockWith().tryAcquire(), undefined);
    assert.throws(() => lock.tryAcquire(), /EIO/);
    fails = undefined;
    const hold = lock.tryAcquire();
    assert.equal(lock.isStuck, false);
    assert.equal(readdirSync(flags()).length, 1);
    hold?.release();
  });

  it('is never held by two, whoever is killed at whatever moment', async () => {
    const seed = testSeed();
    const rounds = 150;
    const names = ['a', 'b', 'c'];
    let starts = 0;
    const finish = async (name: string): Promise<void> => {
      for (;;) {
        const child = start('lockTaker.script', name, String(rounds), String(seed + (starts += 1)));
        const ended = await child.exited;
        assert.deepEqual(child.lines.texts, []);
        if (ended === 0) return;
        assert.equal(ended, 'SIGKILL');
      }
    };
    await Promise.all(names.map(finish));
    for (const name of names) assert.ok(statSync(path.join(root, `done-${name}`)).size >= rounds);
    assert.ok(starts > names.length, 'somebody was killed');
    lockWith().tryAcquire()?.release();
    assert.deepEqual(readdirSync(flags()), []);
  }).timeout(60_000);
});
