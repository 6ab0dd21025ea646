import assert from 'node:assert/strict';
import { parseMounts } from '../../../../src/services/metrics/linux/mounts';
import { recordedFile } from '../support/recorded';

let id = 100;
/** One line of mountinfo. */
function line(mount: string, fs: string, source: string, optional = 'shared:1'): string {
  id += 1;
  return `${id} 1 0:${id} / ${mount} rw,relatime ${optional} - ${fs} ${source} rw\n`.replace('  ', ' ');
}

const paths = (text: string): string[] => parseMounts(text).map(({ mount }) => mount);

describe('parseMounts', () => {
  it('reads the recorded machine: one volume among its pseudo file systems', () => {
    assert.deepEqual(parseMounts(recordedFile('proc/self/mountinfo')), [
      { mount: '/', fs: 'ext4', reach: 'local' },
    ]);
  });

  it('lists the system volume first, then by path, with any number of optional fields', () => {
    const text =
      line('/zdata', 'xfs', '/dev/sdb1', '') +
      line('/boot', 'ext4', '/dev/sda1', 'shared:1 master:2 propagate_from:3') +
      line('/', 'btrfs', '/dev/sda2');
    assert.deepEqual(paths(text), ['/', '/boot', '/zdata']);
  });

  it('leaves out what holds no files of a person', () => {
    const text =
      line('/', 'ext4', '/dev/sda2') +
      line('/snap/core22/1', 'squashfs', '/dev/loop3') +
      line('/run', 'tmpfs', 'tmpfs') +
      line('/run/user/1000/doc', 'fuse.portal', 'portal') +
      line('/var/lib/lxcfs', 'fuse.lxcfs', 'lxcfs') +
      line('/mnt/auto', 'autofs', 'systemd-1') +
      line('/var/lib/docker/overlay2/x/merged', 'overlay', 'overlay') +
      line('/etc/hosts', 'xfs', '/dev/sdc1') +
      line('/usr/lib/wsl/drivers', '9p', 'drivers') +
      line('/proc', 'proc', 'proc');
    assert.deepEqual(paths(text), ['/']);
  });

  it('lists subvolumes, datasets of a pool and bind mounts once, at the shortest path', () => {
    const text =
      line('/home', 'btrfs', '/dev/sda2') +
      line('/', 'btrfs', '/dev/sda2') +
      line('/tank/a/b', 'zfs', 'tank/a/b') +
      line('/tank', 'zfs', 'tank') +
      line('/srv/bind', 'ext4', '/dev/sdb1') +
      line('/data', 'ext4', '/dev/sdb1');
    assert.deepEqual(paths(text), ['/', '/data', '/tank']);
  });

  it('knows which volumes ask someone else when looked at', () => {
    const reach = Object.fromEntries(
      parseMounts(
        line('/', 'ext4', '/dev/sda2') +
          line('/nfs', 'nfs4', 'server:/export') +
          line('/smb', 'cifs', '//server/share') +
          line('/ssh', 'fuse.sshfs', 'me@host:/') +
          line('/ssh/disk', 'ext4', '/dev/sdc1') +
          line('/sshdisk', 'ext4', '/dev/sdd1') +
          line('/run/portal', 'fuse.portal', 'portal') +
          line('/run/portal/disk', 'ext4', '/dev/sde1') +
          line('/ntfs', 'fuseblk', '/dev/sdb1') +
          line('/c', '9p', 'C:\\134'),
      ).map((volume) => [volume.mount, volume.reach]),
    );
    assert.deepEqual(reach, {
      '/': 'local',
      '/c': 'remote',
      '/nfs': 'remote',
      '/ntfs': 'remote',
      '/run/portal/disk': 'remote',
      '/smb': 'remote',
      '/ssh': 'remote',
      '/ssh/disk': 'remote',
      '/sshdisk': 'local',
    });
  });

  it('has a root whatever its file system is: containers, live systems, rootless runtimes', () => {
    for (const fs of ['overlay', 'tmpfs', 'aufs', 'wslfs', 'fuse.fuse-overlayfs', '9p', 'nfs4']) {
      const text = line('/', fs, fs) + line('/data', 'ext4', '/dev/sdb1');
      assert.deepEqual(parseMounts(text), [
        { mount: '/', fs, reach: 'local' },
        { mount: '/data', fs: 'ext4', reach: 'local' },
      ]);
    }
  });

  it('shows what was mounted last at a place', () => {
    const text =
      line('/', 'rootfs', 'rootfs') + line('/', 'ext4', '/dev/sda1') + line('/mnt', 'ext4', '/dev/sdb1');
    assert.deepEqual(parseMounts(text)[0], { mount: '/', fs: 'ext4', reach: 'local' });
    assert.deepEqual(paths(text + line('/mnt', 'tmpfs', 'tmpfs')), ['/']);
  });

  it('reads spaces, tabs, newlines, backslashes, colons and parentheses in paths', () => {
    const text =
      line('/media/me/My\\040Disk\\011(a)\\012b\\134c:d', 'vfat', '/dev/sdb1') +
      line('/\\040-\\040', 'xfs', '/dev/sdc');
    assert.deepEqual(paths(text), ['/ - ', '/media/me/My Disk\t(a)\nb\\c:d']);
  });

  it('takes broken lines for none', () => {
    for (const text of [
      '',
      '\n\n',
      '\0\u00ff',
      '1 2 3',
      '1 2 3 / /x rw',
      '1 2 3 / /x rw - ',
      '1 2 0:1 / /x rw - ext4',
    ]) {
      assert.deepEqual(parseMounts(text), [], JSON.stringify(text));
    }
  });

  it('handles thousands of mounts', () => {
    const text = Array.from({ length: 5_000 }, (_, index) =>
      line(`/m/${index}`, 'ext4', `/dev/sd${index}`),
    ).join('');
    assert.equal(parseMounts(text).length, 5_000);
  });
});
