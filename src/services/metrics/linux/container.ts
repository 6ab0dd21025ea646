import { existsSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { ContainerLimits } from '../../../shared/metrics/snapshot';
import { bytesPerMB } from '../../../shared/units';
import { defined } from '../../../shared/defined';
import { readSystemFile, readSystemNumber } from './systemFile';

/** Version 1 writes "no limit" as the largest multiple of a page that fits; nothing real comes near this. */
const unlimitedBytes = 2 ** 60;

export interface ContainerRoots {
  readonly procRoot: string;
  readonly sysRoot: string;
  /** Where marker files such as `/.dockerenv` are looked for. */
  readonly fileRoot: string;
}

/** Inodes of the namespaces that the kernel starts with (include/linux/proc_ns.h). */
const initialNamespaces = { pid: 0xeffffffc, uts: 0xeffffffe, cgroup: 0xeffffffb } as const;

/** Which container runtime this process lives in, if any; it does not change while the process lives. */
export function detectContainer(roots: ContainerRoots): string | undefined {
  // Marker files alone would lie: virtual machines are made of container images, markers included.
  const own = Object.keys(initialNamespaces).some((name) => namespaceIs(roots.procRoot, name) !== 'initial');
  return own ? namedRuntime(roots) : undefined;
}

/** Whether this process sees the machine through a namespace of its own; not every kernel tells. */
function namespaceIs(procRoot: string, name: string): 'initial' | 'own' | 'unknown' {
  try {
    const link = readlinkSync(path.join(procRoot, 'self/ns', name));
    const initial = Object.entries(initialNamespaces).find(([known]) => known === name)?.[1];
    return link === `${name}:[${initial}]` ? 'initial' : 'own';
  } catch {
    return 'unknown';
  }
}

function namedRuntime({ procRoot, fileRoot }: ContainerRoots): string | undefined {
  if (existsSync(path.join(fileRoot, '.dockerenv'))) return 'docker';
  if (existsSync(path.join(fileRoot, 'run/.containerenv'))) return 'podman';
  const manager = readSystemFile(path.join(fileRoot, 'run/systemd/container'));
  const managed = 'text' in manager ? manager.text.trim() : '';
  // A machine that WSL runs has namespaces of its own and says so there; to a person it is no container.
  if (managed === 'wsl') return undefined;
  if (managed !== '') return managed;
  const groups = readSystemFile(path.join(procRoot, 'self/cgroup'));
  const named = 'text' in groups ? /\/(docker|kubepods|lxc|containerd|libpod)\b/.exec(groups.text) : null;
  switch (named?.[1]) {
    case undefined:
      return unnamedRuntime({ procRoot, fileRoot });
    case 'kubepods':
      return 'kubernetes';
    case 'libpod':
      return 'podman';
    default:
      return named?.[1];
  }
}

/** Runtimes that leave no marker, as containerd does in a pod. */
function unnamedRuntime({ procRoot, fileRoot }: Omit<ContainerRoots, 'sysRoot'>): string | undefined {
  const secrets = ['run/secrets/kubernetes.io', 'var/run/secrets/kubernetes.io'];
  if (secrets.some((folder) => existsSync(path.join(fileRoot, folder)))) return 'kubernetes';
  // Sandboxes of applications have processes of their own as well, but not a root made of image layers.
  const mountinfo = readSystemFile(path.join(procRoot, 'self/mountinfo'));
  const layered = 'text' in mountinfo && /^\S+ \S+ \S+ \S+ \/ .*? - overlay /m.test(mountinfo.text);
  return layered && namespaceIs(procRoot, 'pid') === 'own' ? 'container' : undefined;
}

/** File names of a control group's limits and use, in either version of the kernel's interface. */
interface GroupFiles {
  readonly memoryLimit: string;
  readonly memoryUse: string;
  /** In memory.stat: file pages that can be dropped at any time. */
  readonly droppable: string;
  cpuLimit(folder: string): number | undefined;
  /** The processors that the group may run on, as a list of ranges. */
  readonly cpuSet: string;
}

const unifiedFiles: GroupFiles = {
  memoryLimit: 'memory.max',
  memoryUse: 'memory.current',
  droppable: 'inactive_file',
  cpuLimit(folder) {
    const cpuMax = readSystemFile(path.join(folder, 'cpu.max'));
    const [quota, period] = 'text' in cpuMax ? cpuMax.text.trim().split(' ').map(Number) : [];
    return quotient(quota, period);
  },
  cpuSet: 'cpuset.cpus.effective',
};

const legacyFiles: GroupFiles = {
  memoryLimit: 'memory.limit_in_bytes',
  memoryUse: 'memory.usage_in_bytes',
  droppable: 'total_inactive_file',
  cpuLimit: (folder) =>
    quotient(
      readSystemNumber(path.join(folder, 'cpu.cfs_quota_us')),
      readSystemNumber(path.join(folder, 'cpu.cfs_period_us')),
    ),
  cpuSet: 'cpuset.cpus',
};

/**
 * The limits of the container's control group and what of them is used (kernel, admin-guide/cgroup-v2 and
 * cgroup-v1). A limit may stand at any group between the one of this process and the topmost that it sees: inside
 * a container with its own init, at the topmost only.
 */
export class ContainerGroup {
  private files = unifiedFiles;
  private limits: Pick<ContainerLimits, 'cpuLimit' | 'memoryLimitMB'> = {};
  private memoryFolder: string | undefined;

  constructor(
    private readonly runtime: string,
    private readonly roots: ContainerRoots,
  ) {}

  /** Looks again which groups and limits there are; on a slow tier. */
  refresh(): void {
    const root = path.join(this.roots.sysRoot, 'fs/cgroup');
    const reading = readSystemFile(path.join(this.roots.procRoot, 'self/cgroup'));
    const groups = 'text' in reading ? reading.text : '';
    const unified = /^0::(.*)$/m.exec(groups)?.[1];
    const isUnified = unified !== undefined && existsSync(path.join(root, 'cgroup.controllers'));
    this.files = isUnified ? unifiedFiles : legacyFiles;
    const memory = isUnified
      ? groupFolders(root, unified)
      : groupFolders(path.join(root, 'memory'), legacyGroup(groups, 'memory'));
    const cpu = isUnified ? memory : groupFolders(path.join(root, 'cpu'), legacyGroup(groups, 'cpu'));

    const sets = isUnified ? memory : groupFolders(path.join(root, 'cpuset'), legacyGroup(groups, 'cpuset'));
    const memoryLimits = memory.map((folder) =>
      limitMB(readSystemNumber(path.join(folder, this.files.memoryLimit))),
    );
    const memoryLimitMB = smallest(memoryLimits);
    this.limits = defined({
      cpuLimit: smallest([...cpu.map((folder) => this.files.cpuLimit(folder)), this.setSize(sets)]),
      memoryLimitMB,
    });
    // The use that the limit bounds; without one, all of the container as far as it can be told from the machine.
    const isTopmostOwn = namespaceIs(this.roots.procRoot, 'cgroup') === 'own';
    this.memoryFolder =
      memoryLimitMB === undefined
        ? memory.at(isTopmostOwn ? 0 : -1)
        : memory[memoryLimits.indexOf(memoryLimitMB)];
  }

  read(): ContainerLimits {
    return defined({ runtime: this.runtime, ...this.limits, memoryUsedMB: this.usedMB() });
  }

  /** Size of the set of processors, where it leaves some of the machine's out. */
  private setSize(folders: readonly string[]): number | undefined {
    const size = smallest(
      folders.map((folder) => {
        const list = readSystemFile(path.join(folder, this.files.cpuSet));
        return 'text' in list ? listedProcessors(list.text) : undefined;
      }),
    );
    const online = readSystemFile(path.join(this.roots.sysRoot, 'devices/system/cpu/online'));
    const machine = 'text' in online ? listedProcessors(online.text) : undefined;
    return size !== undefined && machine !== undefined && size < machine ? size : undefined;
  }

  /** Use without file pages that can be dropped at any time, as container tools show it. */
  private usedMB(): number | undefined {
    if (this.memoryFolder === undefined) return undefined;
    const bytes = readSystemNumber(path.join(this.memoryFolder, this.files.memoryUse));
    if (bytes === undefined) return undefined;
    const stat = readSystemFile(path.join(this.memoryFolder, 'memory.stat'));
    const pattern = new RegExp(`^${this.files.droppable} (\\d+)$`, 'm');
    const droppable = 'text' in stat ? Number(pattern.exec(stat.text)?.[1] ?? 0) : 0;
    return Math.max(0, bytes - droppable) / bytesPerMB;
  }
}

/** How many processors a list such as `0-3,8` names; undefined for none, which a group without limits writes. */
function listedProcessors(list: string): number | undefined {
  let count = 0;
  for (const range of list.trim().split(',')) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    if (first === undefined) return undefined;
    count += Number(last) - Number(first) + 1;
  }
  return count > 0 ? count : undefined;
}

/** Where this process is in the hierarchy of a controller of version 1. */
function legacyGroup(groups: string, controller: string): string {
  return new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, 'm').exec(groups)?.[1] ?? '/';
}

/** Folders from the topmost group to that of this process; the topmost alone where its own is not in sight. */
function groupFolders(root: string, group: string): string[] {
  const names = group.split('/').filter((name) => name !== '');
  // Seen from another namespace, a group can lie outside of what is mounted.
  if (names.includes('..') || !existsSync(path.join(root, ...names))) return [root];
  return [root, ...names.map((_, index) => path.join(root, ...names.slice(0, index + 1)))];
}

function smallest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** "max" and −1, which stand for no limit, give undefined. */
function quotient(quota: number | undefined, period: number | undefined): number | undefined {
  if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0)) return undefined;
  return quota / period;
}

function limitMB(bytes: number | undefined): number | undefined {
  return bytes === undefined || bytes >= unlimitedBytes ? undefined : bytes / bytesPerMB;
}
