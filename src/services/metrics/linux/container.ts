import { existsSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { ContainerLimits } from '../../../shared/metrics/snapshot';
import { defined } from '../absences';
import { readSystemFile, readSystemNumber } from './systemFile';

const bytesPerMB = 1_024 * 1_024;
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
  return hasOwnNamespaces(roots.procRoot) ? namedRuntime(roots) : undefined;
}

/** Whether this process sees the machine through namespaces of its own; true as well where that cannot be told. */
function hasOwnNamespaces(procRoot: string): boolean {
  return Object.entries(initialNamespaces).some(([name, initialInode]) => {
    try {
      return readlinkSync(path.join(procRoot, 'self/ns', name)) !== `${name}:[${initialInode}]`;
    } catch {
      return true;
    }
  });
}

function namedRuntime({ procRoot, fileRoot }: ContainerRoots): string | undefined {
  if (existsSync(path.join(fileRoot, '.dockerenv'))) return 'docker';
  if (existsSync(path.join(fileRoot, 'run/.containerenv'))) return 'podman';
  const manager = readSystemFile(path.join(fileRoot, 'run/systemd/container'));
  if ('text' in manager && manager.text.trim() !== '') return manager.text.trim();
  const groups = readSystemFile(path.join(procRoot, 'self/cgroup'));
  const named = 'text' in groups ? /\/(docker|kubepods|lxc|containerd|libpod)\b/.exec(groups.text) : null;
  switch (named?.[1]) {
    case undefined:
      return undefined;
    case 'kubepods':
      return 'kubernetes';
    case 'libpod':
      return 'podman';
    default:
      return named?.[1];
  }
}

/** The control group's limits and use (kernel, admin-guide/cgroup-v2 and cgroup-v1). */
export function containerLimits(runtime: string, { procRoot, sysRoot }: ContainerRoots): ContainerLimits {
  const groups = readSystemFile(path.join(procRoot, 'self/cgroup'));
  const root = path.join(sysRoot, 'fs/cgroup');
  const unified = 'text' in groups ? /^0::(.*)$/m.exec(groups.text)?.[1] : undefined;
  if (unified !== undefined && existsSync(path.join(root, 'cgroup.controllers'))) {
    return { runtime, ...unifiedLimits(groupFolder(root, unified, 'cgroup.procs')) };
  }
  const pathOf = (controller: string): string => {
    const pattern = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, 'm');
    return ('text' in groups ? pattern.exec(groups.text)?.[1] : undefined) ?? '/';
  };
  return {
    runtime,
    ...legacyLimits(
      groupFolder(path.join(root, 'memory'), pathOf('memory'), 'memory.limit_in_bytes'),
      groupFolder(path.join(root, 'cpu'), pathOf('cpu'), 'cpu.cfs_quota_us'),
    ),
  };
}

/** The group's own folder, or the root where the container sees only its own part of the tree. */
function groupFolder(root: string, group: string, expectedFile: string): string {
  const own = path.join(root, group);
  return existsSync(path.join(own, expectedFile)) ? own : root;
}

function unifiedLimits(folder: string): Omit<ContainerLimits, 'runtime'> {
  const cpuMax = readSystemFile(path.join(folder, 'cpu.max'));
  const [quota, period] = 'text' in cpuMax ? cpuMax.text.trim().split(' ').map(Number) : [];
  return defined({
    cpuLimit: quotient(quota, period),
    memoryLimitMB: limitMB(readSystemNumber(path.join(folder, 'memory.max'))),
    memoryUsedMB: usedMB(readSystemNumber(path.join(folder, 'memory.current')), folder, 'inactive_file'),
  });
}

function legacyLimits(memoryFolder: string, cpuFolder: string): Omit<ContainerLimits, 'runtime'> {
  return defined({
    cpuLimit: quotient(
      readSystemNumber(path.join(cpuFolder, 'cpu.cfs_quota_us')),
      readSystemNumber(path.join(cpuFolder, 'cpu.cfs_period_us')),
    ),
    memoryLimitMB: limitMB(readSystemNumber(path.join(memoryFolder, 'memory.limit_in_bytes'))),
    memoryUsedMB: usedMB(
      readSystemNumber(path.join(memoryFolder, 'memory.usage_in_bytes')),
      memoryFolder,
      'total_inactive_file',
    ),
  });
}

/** "max" and −1, which stand for no limit, give undefined. */
function quotient(quota: number | undefined, period: number | undefined): number | undefined {
  if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0)) return undefined;
  return quota / period;
}

function limitMB(bytes: number | undefined): number | undefined {
  return bytes === undefined || bytes >= unlimitedBytes ? undefined : bytes / bytesPerMB;
}

/** Use without file pages that can be dropped at any time, as container tools show it. */
function usedMB(bytes: number | undefined, folder: string, droppableKey: string): number | undefined {
  if (bytes === undefined) return undefined;
  const stat = readSystemFile(path.join(folder, 'memory.stat'));
  const droppable =
    'text' in stat ? Number(new RegExp(`^${droppableKey} (\\d+)$`, 'm').exec(stat.text)?.[1] ?? 0) : 0;
  return Math.max(0, bytes - droppable) / bytesPerMB;
}
