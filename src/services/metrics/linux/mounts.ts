/** A mounted volume that holds a person's files. */
export interface Mount {
  readonly mount: string;
  readonly fs: string;
  /** `remote`: asks another machine or program when looked at, and may therefore never answer. */
  readonly reach: 'local' | 'remote';
}

const localFileSystems =
  /^(ext[234]|xfs|btrfs|zfs|f2fs|jfs|reiserfs|bcachefs|nilfs2|vfat|exfat|ntfs3?|hfsplus|apfs|msdos)$/;
/** `fuse.*` stands for a program, whatever it reads; `fuseblk` is a disk read by a program. */
const remoteFileSystems =
  /^(nfs4?|cifs|smb3|smbfs|9p|virtiofs|ceph|glusterfs|lustre|afs|drvfs|fuse|fuseblk|fuse\..+)$/;
/** Programs behind FUSE that show no files of a person's: portals, package mounts, a container's view of /proc. */
const fuseWithoutVolumes = /^fuse\.(portal|gvfsd-fuse|lxcfs|snapfuse|squashfuse|.*appimage.*|rofiles-fuse)$/i;

/** Single files that container runtimes mount over their own, and the drivers that WSL lends; they are no volumes. */
const lentFiles = /^\/etc\/(hosts|hostname|resolv\.conf)$|^\/dev\/termination-log$|^\/usr\/lib\/wsl\//;

/**
 * The volumes in /proc/self/mountinfo (proc_pid_mountinfo(5)), each once, the system's own first. What is mounted
 * in several places is listed at its shortest path.
 */
export function parseMounts(mountinfo: string): Mount[] {
  const byPath = new Map<string, Mount & { readonly source: string }>();
  const remoteFolders: string[] = [];
  for (const line of mountinfo.split('\n')) {
    const [left, right] = line.split(' - ');
    const mountField = left?.split(' ')[4];
    const [fs, source] = right?.split(' ') ?? [];
    if (mountField === undefined || fs === undefined || source === undefined) continue;
    const mount = unescapePath(mountField);
    // A mount hides what was mounted at the same place before.
    byPath.delete(mount);
    if (lentFiles.test(mount)) continue;
    const isRoot = mount === '/';
    const remote = remoteFileSystems.test(fs);
    if (remote && !isRoot) remoteFolders.push(`${mount}/`);
    // The root counts whatever it is: an overlay in a container, memory on a live system.
    const counts = isRoot || (remote ? !fuseWithoutVolumes.test(fs) : localFileSystems.test(fs));
    if (!counts) continue;
    // Device numbers would not do: subvolumes of btrfs and network shares have made-up ones. Datasets of ZFS share
    // the space of their pool.
    byPath.set(mount, {
      mount,
      fs,
      // Where the root does not answer nothing runs, Sentinel included: no harm in asking it like a disk.
      reach: remote && !isRoot ? 'remote' : 'local',
      source: fs === 'zfs' ? (source.split('/')[0] ?? source) : source,
    });
  }
  const bySource = new Map<string, Mount>();
  for (const { source, ...mounted } of byPath.values()) {
    // The way to a disk that is mounted inside of a remote volume leads through that.
    const beneath = remoteFolders.some((folder) => mounted.mount.startsWith(folder));
    const volume: Mount = beneath ? { ...mounted, reach: 'remote' } : mounted;
    const key = `${volume.fs} ${source}`;
    const known = bySource.get(key);
    if (known === undefined || volume.mount.length < known.mount.length) bySource.set(key, volume);
  }
  return [...bySource.values()].sort(
    (a, b) => Number(b.mount === '/') - Number(a.mount === '/') || a.mount.localeCompare(b.mount),
  );
}

/** The kernel writes space, tab, newline and backslash in paths as three octal digits. */
function unescapePath(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
