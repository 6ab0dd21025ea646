import assert from 'node:assert/strict';
import { ContainerGroup, detectContainer } from '../../../../src/services/metrics/linux/container';
import type { ContainerLimits } from '../../../../src/shared/metrics/snapshot';
import { linkInitialNamespaces, linkOwnNamespaces, SystemTree } from '../support/systemTree';

const MB = 1_024 * 1_024;

describe('containers', () => {
  let tree: SystemTree;
  beforeEach(() => {
    tree = new SystemTree();
  });
  afterEach(() => {
    tree.dispose();
  });

  function limits(): ContainerLimits {
    const group = new ContainerGroup('docker', tree.roots);
    group.refresh();
    return group.read();
  }

  describe('are told', () => {
    it('from a virtual machine that was made of a container image, markers included', () => {
      linkInitialNamespaces(tree);
      tree.write('root/.dockerenv', '').write('root/run/.containerenv', '');
      tree.write('root/run/systemd/container', 'podman\n');
      tree.write('proc/self/cgroup', '0::/docker/abc\n');
      assert.equal(detectContainer(tree.roots), undefined);
    });

    for (const [runtime, file, content] of [
      ['docker', 'root/.dockerenv', ''],
      ['podman', 'root/run/.containerenv', ''],
      ['lxc', 'root/run/systemd/container', 'lxc\n'],
      ['kubernetes', 'proc/self/cgroup', '4:memory:/kubepods/besteffort/pod1/x\n'],
      ['podman', 'proc/self/cgroup', '0::/machine.slice/libpod-1/libpod-2\n'],
      ['docker', 'proc/self/cgroup', '4:memory:/docker/abc\n'],
      ['kubernetes', 'root/var/run/secrets/kubernetes.io/serviceaccount/token', 'x'],
      ['container', 'proc/self/mountinfo', '1 2 0:3 / / rw,relatime - overlay overlay rw\n'],
    ] as const) {
      it(`as ${runtime} by ${file}`, () => {
        linkOwnNamespaces(tree).write('proc/self/cgroup', '0::/\n').write(file, content);
        assert.equal(detectContainer(tree.roots), runtime);
      });
    }

    it('by their markers on kernels that do not show namespaces', () => {
      assert.equal(detectContainer(tree.write('root/.dockerenv', '').roots), 'docker');
    });

    it('from WSL, whose systemd calls it one, while a container in it stays one', () => {
      linkOwnNamespaces(tree).write('proc/self/cgroup', '0::/\n');
      tree.write('proc/self/mountinfo', '1 2 0:3 / / rw - overlay overlay rw\n');
      tree.write('root/run/systemd/container', 'wsl\n');
      assert.equal(detectContainer(tree.roots), undefined);
      assert.equal(detectContainer(tree.write('root/.dockerenv', '').roots), 'docker');
    });

    it('from sandboxes of applications, whose root is no image', () => {
      linkOwnNamespaces(tree).write('proc/self/cgroup', '0::/app.slice/editor.scope\n');
      tree.write('proc/self/mountinfo', '1 2 8:1 / / rw - ext4 /dev/sda1 rw\n');
      assert.equal(detectContainer(tree.roots), undefined);
    });
  });

  describe('of control groups version 2', () => {
    beforeEach(() => {
      linkOwnNamespaces(tree).write('sys/fs/cgroup/cgroup.controllers', 'cpu memory\n');
      tree.write('proc/self/cgroup', '0::/\n');
    });

    it('have limits, and a use without what can be dropped', () => {
      tree.writeAll({
        'sys/fs/cgroup/cpu.max': '150000 100000\n',
        'sys/fs/cgroup/memory.max': `${512 * MB}\n`,
        'sys/fs/cgroup/memory.current': `${300 * MB}\n`,
        'sys/fs/cgroup/memory.stat': `anon 1\ninactive_file ${100 * MB}\nactive_file 7\n`,
      });
      assert.deepEqual(limits(), {
        runtime: 'docker',
        cpuLimit: 1.5,
        memoryLimitMB: 512,
        memoryUsedMB: 200,
      });
    });

    it('may have none', () => {
      tree.writeAll({
        'sys/fs/cgroup/cpu.max': 'max 100000\n',
        'sys/fs/cgroup/memory.max': 'max\n',
        'sys/fs/cgroup/memory.current': `${3 * MB}\n`,
      });
      assert.deepEqual(limits(), { runtime: 'docker', memoryUsedMB: 3 });
    });

    it('have no more processors than their set, where that leaves some of the machine out', () => {
      tree.write('proc/self/cgroup', '0::/\n').write('sys/devices/system/cpu/online', '0-7\n');
      tree.write('sys/fs/cgroup/cpuset.cpus.effective', '0-1,5\n');
      assert.deepEqual(limits(), { runtime: 'docker', cpuLimit: 3 });
      tree.write('sys/fs/cgroup/cpu.max', '150000 100000\n');
      assert.deepEqual(limits(), { runtime: 'docker', cpuLimit: 1.5 });
      tree.write('sys/fs/cgroup/cpu.max', '600000 100000\n');
      assert.deepEqual(limits(), { runtime: 'docker', cpuLimit: 3 });
    });

    it('have no limit by a set of all processors, or by one that cannot be read', () => {
      tree.write('proc/self/cgroup', '0::/\n').write('sys/devices/system/cpu/online', '0-7\n');
      for (const set of ['0-7\n', '\n', 'x-3\n']) {
        tree.write('sys/fs/cgroup/cpuset.cpus.effective', set);
        assert.deepEqual(limits(), { runtime: 'docker' }, JSON.stringify(set));
      }
    });

    it('with an init of their own have their limits above the group of this process', () => {
      tree.write('proc/self/cgroup', '0::/user.slice/session-1.scope\n');
      tree.writeAll({
        'sys/fs/cgroup/cpu.max': '200000 100000\n',
        'sys/fs/cgroup/memory.max': `${64 * MB}\n`,
        'sys/fs/cgroup/memory.current': `${48 * MB}\n`,
        'sys/fs/cgroup/user.slice/memory.max': 'max\n',
        'sys/fs/cgroup/user.slice/session-1.scope/cpu.max': 'max 100000\n',
        'sys/fs/cgroup/user.slice/session-1.scope/memory.max': 'max\n',
        'sys/fs/cgroup/user.slice/session-1.scope/memory.current': `${MB}\n`,
      });
      assert.deepEqual(limits(), {
        runtime: 'docker',
        cpuLimit: 2,
        memoryLimitMB: 64,
        memoryUsedMB: 48,
      });
    });

    it('whose group lies outside of what is mounted are read at the topmost', () => {
      tree.write('proc/self/cgroup', '0::/../../other\n').write('sys/fs/cgroup/memory.max', `${MB}\n`);
      assert.deepEqual(limits(), { runtime: 'docker', memoryLimitMB: 1 });
    });

    it('follow a limit that is changed, and show nothing where files are broken', () => {
      const group = new ContainerGroup('docker', tree.roots);
      tree.write('sys/fs/cgroup/memory.max', `${MB}\n`).write('sys/fs/cgroup/cpu.max', '\0\0');
      group.refresh();
      assert.deepEqual(group.read(), { runtime: 'docker', memoryLimitMB: 1 });
      tree.write('sys/fs/cgroup/memory.max', '\0garbage').write('sys/fs/cgroup/cpu.max', '100000');
      group.refresh();
      assert.deepEqual(group.read(), { runtime: 'docker' });
    });
  });

  describe('of control groups version 1', () => {
    beforeEach(() => {
      linkOwnNamespaces(tree).write(
        'proc/self/cgroup',
        '9:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/\n',
      );
    });

    it('have limits at the top where only their own part is mounted', () => {
      tree.writeAll({
        'sys/fs/cgroup/memory/memory.limit_in_bytes': `${256 * MB}\n`,
        'sys/fs/cgroup/memory/memory.usage_in_bytes': `${20 * MB}\n`,
        'sys/fs/cgroup/memory/memory.stat': `inactive_file 1\ntotal_inactive_file ${5 * MB}\n`,
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      });
      assert.deepEqual(limits(), { runtime: 'docker', cpuLimit: 0.5, memoryLimitMB: 256, memoryUsedMB: 15 });
    });

    it('have no more processors than their set', () => {
      tree.write('sys/devices/system/cpu/online', '0-3\n').write('sys/fs/cgroup/cpuset/cpuset.cpus', '2\n');
      assert.deepEqual(limits(), { runtime: 'docker', cpuLimit: 1 });
    });

    it('have their own group where the whole tree is mounted, and know "no limit"', () => {
      tree.link('proc/self/ns/cgroup', 'cgroup:[4026531835]');
      tree.writeAll({
        'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
        'sys/fs/cgroup/memory/memory.usage_in_bytes': `${9_000 * MB}\n`,
        'sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': '9223372036854771712\n',
        'sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes': `${20 * MB}\n`,
        'sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us': '-1\n',
        'sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us': '100000\n',
      });
      assert.deepEqual(limits(), { runtime: 'docker', memoryUsedMB: 20 });
    });
  });

  it('without control groups in sight are named and nothing more', () => {
    assert.deepEqual(limits(), { runtime: 'docker' });
  });
});
