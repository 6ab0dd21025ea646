import assert from 'node:assert/strict';
import { VolumeProbe, type VolumeToProbe, volumeUse } from '../../../src/services/metrics/volumes';
import { FakeClock, settle } from '../support/fakeClock';
import { ManualVolumes } from './support/manualVolumes';

const local = (mount: string): VolumeToProbe => ({ mount, fs: 'ext4', reach: 'local' });
const unknown = (mount: string): VolumeToProbe => ({ mount, fs: '', reach: 'unknown' });

describe('VolumeProbe', () => {
  let clock: FakeClock;
  let volumes: ManualVolumes;
  let probe: VolumeProbe;
  beforeEach(() => {
    clock = new FakeClock();
    volumes = new ManualVolumes();
    probe = new VolumeProbe(volumes.statfs, clock);
  });
  afterEach(() => {
    probe.dispose();
  });

  const absences = (): Record<string, string> =>
    Object.fromEntries(probe.current.map(({ mount, absent, percent }) => [mount, absent ?? `${percent}`]));

  it('asks local volumes together and first, those that may be remote one at a time, and keeps the given order', async () => {
    const turn = probe.refresh([unknown('/r1'), local('/'), unknown('/r2'), local('/data')]);
    assert.deepEqual(volumes.openQuestions, ['/', '/data']);
    assert.deepEqual(new Set(Object.values(absences())), new Set(['notAvailableYet']));
    volumes.answer('/');
    volumes.answer('/data');
    await settle();
    assert.deepEqual(volumes.openQuestions, ['/r1']);
    volumes.answer('/r1');
    await settle();
    volumes.answer('/r2');
    assert.equal(probe.currentAt, undefined, 'the turn is not complete');
    await turn;
    assert.equal(probe.currentAt, '2024-01-15T10:30:45.000Z');
    assert.deepEqual(
      probe.current.map(({ mount }) => mount),
      ['/r1', '/', '/r2', '/data'],
    );
    assert.equal(clock.pendingTimers, 0);
  });

  it('is delayed by nobody: a volume that never answers costs one open question at most', async () => {
    const list = [local('/'), unknown('/dead'), unknown('/dead2'), unknown('/fine')];
    void probe.refresh(list);
    volumes.answer('/');
    await clock.advance(2_000);
    assert.deepEqual(volumes.openQuestions, ['/dead']);
    assert.deepEqual(absences(), {
      '/': String((100 * 50) / 90),
      '/dead': 'timedOut',
      '/dead2': 'notAvailableYet',
      '/fine': 'notAvailableYet',
    });
    for (let turn = 0; turn < 20; turn++) {
      void probe.refresh(list);
      volumes.answer('/', { bfree: 50 - turn });
      await clock.advance(30_000);
    }
    assert.deepEqual(volumes.openQuestions, ['/dead']);
    assert.equal(volumes.asked.filter((mount) => mount !== '/').length, 1);
    assert.equal(probe.current[0]?.usedMB, 69, 'the local volume went on');
    assert.equal(absences()['/dead'], 'timedOut');
  });

  it('lists remote volumes and never asks them', async () => {
    const share: VolumeToProbe = { mount: '/share', fs: 'nfs4', reach: 'remote' };
    const turn = probe.refresh([share, local('/'), unknown('/usb')]);
    volumes.answer('/');
    await settle();
    volumes.answer('/usb');
    await turn;
    assert.deepEqual(volumes.asked, ['/', '/usb']);
    assert.deepEqual(probe.current[0], {
      mount: '/share',
      fs: 'nfs4',
      remote: true,
      absent: 'notAvailableYet',
    });
    assert.deepEqual(
      probe.current.map(({ remote }) => remote),
      [true, undefined, undefined],
    );
  });

  it('recovers when the volume answers at last', async () => {
    const list = [unknown('/dead'), unknown('/fine')];
    void probe.refresh(list);
    await clock.advance(60_000);
    volumes.answer('/dead', { bfree: 100, bavail: 100 });
    await settle();
    assert.equal(absences()['/dead'], '0', 'shown without waiting for the next turn');
    void probe.refresh(list);
    await settle();
    volumes.answer('/dead');
    await settle();
    volumes.answer('/fine');
    await settle();
    assert.equal(probe.current.filter(({ absent }) => absent !== undefined).length, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it('asks a local volume that hangs no second time, and goes on with the others', async () => {
    const list = [local('/broken'), local('/')];
    for (let turn = 0; turn < 3; turn++) {
      void probe.refresh(list);
      volumes.answer('/');
      await clock.advance(30_000);
    }
    assert.equal(volumes.asked.filter((mount) => mount === '/broken').length, 1);
    assert.equal(absences()['/broken'], 'timedOut');
  });

  it('takes no second turn while one runs', async () => {
    void probe.refresh([local('/')]);
    await probe.refresh([local('/other')]);
    assert.deepEqual(volumes.asked, ['/']);
    volumes.answer('/');
    await settle();
    assert.deepEqual(Object.keys(absences()), ['/']);
  });

  it('forgets a volume that was unmounted, also when its answer comes late', async () => {
    void probe.refresh([local('/'), unknown('/usb')]);
    volumes.answer('/');
    await clock.advance(30_000);
    void probe.refresh([local('/')]);
    volumes.answer('/');
    await settle();
    volumes.answer('/usb');
    await settle();
    assert.deepEqual(Object.keys(absences()), ['/']);
  });

  it('says why a volume gives nothing', async () => {
    void probe.refresh([local('/a'), local('/b'), local('/c'), local('/d')]);
    volumes.fail('/a', 'EACCES');
    volumes.fail('/b', 'ENOENT');
    volumes.fail('/c', 'EIO');
    volumes.answer('/d', { blocks: 0, bfree: 0, bavail: 0 });
    await settle();
    assert.deepEqual(absences(), {
      '/a': 'permissionDenied',
      '/b': 'unsupported',
      '/c': 'failed',
      '/d': 'unsupported',
    });
  });

  it('asks nothing more once disposed', async () => {
    void probe.refresh([local('/'), unknown('/r')]);
    probe.dispose();
    volumes.answer('/');
    await settle();
    await probe.refresh([local('/')]);
    assert.deepEqual(volumes.asked, ['/']);
    assert.equal(clock.pendingTimers, 0);
  });

  it('leaves no timer of a question that was open when it was disposed', () => {
    void probe.refresh([local('/')]);
    probe.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});

describe('volumeUse', () => {
  const sizes = { bsize: 1_024 * 1_024, blocks: 1_000, bfree: 400, bavail: 300 };

  it('shows sizes of the volume and the percentage of df', () => {
    assert.deepEqual(volumeUse(sizes), { totalMB: 1_000, usedMB: 600, percent: (100 * 600) / 900 });
  });

  it('stays within its bounds whatever the file system says', () => {
    for (const odd of [
      { bfree: 2_000, bavail: 2_000 },
      { bavail: -5 },
      { bavail: 2 ** 64 },
      { bfree: 0, bavail: 0 },
      { bfree: 1_000, bavail: 0 },
    ]) {
      const { usedMB = NaN, percent = NaN } = volumeUse({ ...sizes, ...odd });
      assert.ok(usedMB >= 0 && usedMB <= 1_000, JSON.stringify(odd));
      assert.ok(percent >= 0 && percent <= 100, JSON.stringify(odd));
    }
    assert.equal(volumeUse({ ...sizes, bavail: 2 ** 64 }).percent, 60, 'less than none is not everything');
  });
});
