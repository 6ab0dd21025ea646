import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { systemFileCalls } from '../../../src/services/files/fileCalls';
import { hasKernelLock, KernelLock } from '../../../src/services/locks/kernelLock';
import { systemError } from '../support/faultyCalls';

describe('KernelLock', () => {
  const opened: (string | number)[] = [];
  const closed: number[] = [];
  let answer: Error | number = 7;
  const calls = {
    ...systemFileCalls,
    open: (_: string, flags: string | number): number => {
      opened.push(flags);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: (descriptor: number): void => {
      closed.push(descriptor);
      throw systemError('EIO', 'close');
    },
  };
  const lockOf = (platform: NodeJS.Platform): KernelLock =>
    new KernelLock({ file: '/srv/lock', calls, makeFolder: () => undefined, platform });

  beforeEach(() => {
    opened.length = 0;
    closed.length = 0;
    answer = 7;
  });

  it('is there on macOS and Windows', () => {
    assert.deepEqual((['darwin', 'win32', 'linux', 'freebsd'] as const).map(hasKernelLock), [
      true,
      true,
      false,
      false,
    ]);
  });

  it('opens the file for nobody else, and closes it once', () => {
    const hold = lockOf('darwin').tryAcquire();
    assert.equal(lockOf('win32').tryAcquire()?.isHeld(), true);
    const usual = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK;
    assert.deepEqual(opened, [usual | 0x20, usual | 0x1000_0000]);
    assert.equal(hold?.isHeld(), true);
    hold.release();
    hold.release();
    assert.equal(hold.isHeld(), false);
    assert.deepEqual(closed, [7]);
  });

  it('is taken while the system says so, and broken for every other reason', () => {
    for (const code of ['EAGAIN', 'EBUSY']) {
      answer = systemError(code, 'open');
      assert.equal(lockOf('win32').tryAcquire(), undefined);
    }
    for (const code of ['EACCES', 'EROFS', 'ENOTSUP']) {
      answer = systemError(code, 'open');
      assert.throws(() => lockOf('darwin').tryAcquire(), { code });
    }
  });
});
