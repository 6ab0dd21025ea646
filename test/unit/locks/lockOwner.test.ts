import assert from 'node:assert/strict';
import {
  ownerState,
  type ProcessTable,
  systemProcesses,
  thisOwner,
} from '../../../src/services/locks/lockOwner';

/** A stat file of /proc, whose name field tries to be mistaken for its end. */
function stat(pid: number, state: string, started: number): string {
  return `${pid} (a) R b) ${state} 1 1 1 0 -1 4194560 1 0 0 0 2 1 0 0 20 0 7 0 ${started} 1000 20 18446744073709551615`;
}

describe('the owner of a lock', () => {
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const processes = new Set<number>();
  const table: ProcessTable = {
    readText: (file) => files.get(file),
    readLink: (file) => links.get(file),
    exists: (pid) => processes.has(pid),
    pid: 10,
    host: 'here',
  };

  beforeEach(() => {
    files.clear();
    links.clear();
    processes.clear();
    files.set('/proc/sys/kernel/random/boot_id', 'boot-1\n');
    files.set('/proc/10/task/12/stat', stat(12, 'R', 900));
    files.set('/proc/10/stat', stat(10, 'R', 800));
    links.set('/proc/self/ns/pid', 'pid:[4026531836]');
    links.set('/proc/thread-self', '10/task/12');
    processes.add(10);
  });

  it('is a thread, known by its time of start, its boot and its namespace', () => {
    const self = thisOwner(table);
    assert.deepEqual([self.pid, self.thread, self.started], [10, 12, 900]);
    for (const change of [
      (): unknown => files.set('/proc/sys/kernel/random/boot_id', 'boot-2\n'),
      (): unknown => links.set('/proc/self/ns/pid', 'pid:[1]'),
      (): unknown => links.set('/proc/self/ns/time', 'time:[2]'),
    ]) {
      change();
      assert.equal(ownerState(self, thisOwner(table), table), 'foreign');
    }
  });

  it('lives as long as its thread', () => {
    const self = thisOwner(table);
    assert.equal(ownerState(self, self, table), 'alive');
    for (const state of ['S', 'D', 'T', 't']) {
      files.set('/proc/10/task/12/stat', stat(12, state, 900));
      assert.equal(ownerState(self, self, table), 'alive', state);
    }
    for (const state of ['Z', 'X']) {
      files.set('/proc/10/task/12/stat', stat(12, state, 900));
      assert.equal(ownerState(self, self, table), 'dead', state);
    }
    files.set('/proc/10/task/12/stat', stat(12, 'R', 901));
    assert.equal(ownerState(self, self, table), 'dead');
    files.delete('/proc/10/task/12/stat');
    assert.equal(ownerState(self, self, table), 'dead');
  });

  it('is not dead for being out of sight', () => {
    const self = thisOwner(table);
    // As for processes of other users where /proc is mounted with hidepid.
    files.clear();
    assert.equal(ownerState(self, self, table), 'alive');
    processes.clear();
    assert.equal(ownerState(self, self, table), 'dead');
  });

  it('is a process of this host where there is no /proc, or that of another namespace', () => {
    links.set('/proc/thread-self', '4711/task/4712');
    files.set('/proc/4711/task/4712/stat', stat(4712, 'R', 5));
    const inside = thisOwner(table);
    assert.deepEqual([inside.pid, inside.thread, inside.started], [10, 0, 0]);
    links.clear();
    files.clear();
    assert.deepEqual(thisOwner(table), inside);
    assert.equal(ownerState(inside, inside, table), 'alive');
    processes.clear();
    assert.equal(ownerState(inside, inside, table), 'dead');
    assert.equal(ownerState(inside, thisOwner({ ...table, host: 'there' }), table), 'foreign');
  });

  it('is this very thread', () => {
    const self = thisOwner();
    assert.equal(self.pid, process.pid);
    assert.equal(self.thread, process.platform === 'linux' ? process.pid : 0);
    assert.equal(ownerState(self, self, systemProcesses), 'alive');
    assert.equal(systemProcesses.exists(2 ** 22 + 1), false);
  });
});
