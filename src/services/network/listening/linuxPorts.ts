import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { defined } from '../../../shared/defined';
import type { ListeningPort, ListeningProblem } from '../../../shared/network/listeningPort';
import { shortText } from '../nmap/shortText';
import { parseProcNet, procNetFiles, type ProcSocket } from './procNet';

type Owner = NonNullable<ListeningPort['process']>;

const longestCommand = 1_000;

/**
 * Ports from `/proc`, without starting a program.
 * @param procFolder `/proc`, or what stands in for it
 */
export async function linuxPorts(
  procFolder = '/proc',
): Promise<{ readonly ports: readonly ListeningPort[]; readonly problems: readonly ListeningProblem[] }> {
  const texts = await Promise.all(procNetFiles.map((file) => read(path.join(procFolder, 'net', file))));
  if (texts.every((text) => text === undefined)) {
    return { ports: [], problems: [{ type: 'failed', message: `${procFolder}/net cannot be read` }] };
  }
  const sockets = procNetFiles.flatMap((file, index) => parseProcNet(texts[index] ?? '', file));
  const owners = await ownersOf(new Set(sockets.map(({ inode }) => inode)), procFolder);
  const users = await userNames();
  const ports = sockets.map((socket) => portOf(socket, owners.get(socket.inode), users));
  const hidden = ports.filter((port) => port.process === undefined).length;
  return { ports, problems: hidden === 0 ? [] : [{ type: 'hiddenProcesses', count: hidden }] };
}

function portOf(
  { protocol, family, address, port, uid }: ProcSocket,
  owner: Owner | undefined,
  users: ReadonlyMap<number, string>,
): ListeningPort {
  const user = Number.isInteger(uid) ? (users.get(uid) ?? String(uid)) : undefined;
  return { protocol, family, address, port, ...defined({ process: owner, user }) };
}

/** Which process has which socket open; the first of those that share one, which is the eldest. */
async function ownersOf(inodes: ReadonlySet<string>, procFolder: string): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  const pids = (await list(procFolder)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids.sort((one, other) => one - other)) {
    const missing = [...inodes].some((inode) => !owners.has(inode));
    if (!missing) break;
    const folder = path.join(procFolder, String(pid));
    const open = await socketsOf(path.join(folder, 'fd'));
    const own = open.filter((inode) => inodes.has(inode) && !owners.has(inode));
    if (own.length === 0) continue;
    const owner = await describe(pid, folder);
    for (const inode of own) owners.set(inode, owner);
  }
  return owners;
}

async function socketsOf(folder: string): Promise<readonly string[]> {
  const links = await Promise.all(
    (await list(folder)).map((name) => readlink(path.join(folder, name)).catch(() => '')),
  );
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

async function describe(pid: number, folder: string): Promise<Owner> {
  const [name = '', command = ''] = await Promise.all(
    ['comm', 'cmdline'].map((file) => read(path.join(folder, file))),
  );
  const words = command.split('\0').filter((word) => word !== '');
  return {
    pid,
    name: shortText(processName(name.trim(), words) ?? String(pid), 100),
    ...(words.length === 0 ? {} : { command: shortText(words.join(' '), longestCommand) }),
  };
}

/** How many characters the kernel keeps of a name. */
const kernelNameLength = 15;

/** The kernel's name for a process, whole where it is cut; but not one that its main thread has given itself. */
function processName(kernelName: string, words: readonly string[]): string | undefined {
  const names = words.map((word) => path.posix.basename(word));
  const match = names.find((name) => kernelName !== '' && name.startsWith(kernelName));
  if (match !== undefined) return kernelName.length < kernelNameLength ? kernelName : match;
  return [names[0], kernelName].find((name) => name !== undefined && name !== '');
}

async function userNames(): Promise<ReadonlyMap<number, string>> {
  const text = (await read('/etc/passwd')) ?? '';
  const lines = text.split('\n').flatMap((line) => (line.includes(':') ? [line.split(':')] : []));
  return new Map(lines.map(([name = '', , uid = '']) => [Number(uid), name]));
}

async function read(file: string): Promise<string | undefined> {
  // What is gone or not ours to read is absent.
  return readFile(file, 'utf8').catch(() => undefined);
}

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
