import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SystemTree, linkInitialNamespaces } from './systemTree';

const recorded = [
  'proc/stat',
  'proc/meminfo',
  'proc/diskstats',
  'proc/loadavg',
  'proc/net/dev',
  'proc/net/snmp',
  'proc/self/mountinfo',
  'proc/self/cgroup',
  'proc/1/stat',
] as const;
export type RecordedFile = (typeof recorded)[number];

/** A file of the recorded machine; tests run in the project's root. */
export function recordedFile(file: RecordedFile): string {
  return readFileSync(path.join('test/fixtures/proc/vm', file), 'utf8');
}

/** The recorded machine as a tree of its own that a test may change. */
export function recordedTree(): SystemTree {
  const tree = linkInitialNamespaces(new SystemTree());
  for (const file of recorded) tree.write(file, recordedFile(file));
  for (const disk of ['loop0', 'vda', 'zram0']) tree.write(`sys/block/${disk}/size`, '1\n');
  for (const [name, state] of [
    ['lo', 'unknown'],
    ['ifb0', 'down'],
    ['ifb1', 'down'],
    ['eth0', 'up'],
  ] as const) {
    tree.write(`sys/class/net/${name}/operstate`, `${state}\n`);
    tree.write(`sys/class/net/${name}/flags`, state === 'down' ? '0x82\n' : '0x1003\n');
  }
  tree.write('sys/class/net/eth0/device/vendor', '0x1af4\n');
  return tree;
}

export const recordedFiles: readonly RecordedFile[] = recorded;
