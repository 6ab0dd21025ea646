import { content, type DetectedContent } from './detectedContent';

const peMime = 'application/vnd.microsoft.portable-executable';

/** Windows and DOS programs; undefined where there are only their first two letters. */
export function peType(bytes: Buffer, sizeBytes: number): DetectedContent | undefined {
  const headerAt = bytes.length >= 0x40 ? bytes.readUInt32LE(0x3c) : 0;
  const signature = bytes.toString('latin1', headerAt, headerAt + 4);
  if (headerAt >= 0x40 && signature === 'PE\0\0' && bytes.length >= headerAt + 24)
    return peDetails(bytes, headerAt);
  if (headerAt >= 0x40 && /^(NE|LE|LX)/.test(signature)) {
    return content('program', 'Windows program (16-bit)', peMime, 'exe');
  }
  // The last page's length, the pages and the header's length of DOS.
  if (bytes.length < 0x1c) return undefined;
  const [lastPage, pages, paragraphs] = [bytes.readUInt16LE(2), bytes.readUInt16LE(4), bytes.readUInt16LE(8)];
  const isPlausible = lastPage <= 512 && pages > 0 && paragraphs >= 2 && paragraphs * 16 < sizeBytes;
  return isPlausible ? content('program', 'DOS program', peMime, 'exe') : undefined;
}

const peMachines: Readonly<Record<number, string>> = {
  0x14c: '32-bit x86',
  0x8664: '64-bit x86',
  0x1c4: '32-bit ARM',
  0xaa64: '64-bit ARM',
  0x200: 'Itanium',
  0xebc: 'EFI byte code',
};
const peLibraryFlag = 0x2000;
const peSubsystems = { native: 1, efi: [10, 11, 12, 13] };

function peDetails(bytes: Buffer, headerAt: number): DetectedContent {
  const machine = peMachines[bytes.readUInt16LE(headerAt + 4)] ?? 'unknown machine';
  const isLibrary = (bytes.readUInt16LE(headerAt + 22) & peLibraryFlag) !== 0;
  const optionalAt = headerAt + 24;
  const hasOptional = bytes.length >= optionalAt + 224 + 16;
  const isLarge = hasOptional && bytes.readUInt16LE(optionalAt) === 0x20b;
  const subsystem = hasOptional ? bytes.readUInt16LE(optionalAt + 68) : 0;
  // The fifteenth directory is that of the Common Language Runtime.
  const isManaged = hasOptional && bytes.readUInt32LE(optionalAt + (isLarge ? 112 : 96) + 14 * 8) !== 0;
  const platform = isManaged ? '.NET' : machine;
  if (peSubsystems.efi.includes(subsystem))
    return content('program', `EFI program (${platform})`, peMime, 'efi');
  if (isLibrary) return content('program', `Windows library (${platform})`, peMime, 'dll');
  if (subsystem === peSubsystems.native)
    return content('program', `Windows driver (${platform})`, peMime, 'sys');
  return content('program', `Windows program (${platform})`, peMime, 'exe');
}

const elfMachines: Readonly<Record<number, string>> = {
  3: '32-bit x86',
  8: 'MIPS',
  20: '32-bit PowerPC',
  21: '64-bit PowerPC',
  22: 'S390',
  40: '32-bit ARM',
  62: '64-bit x86',
  183: '64-bit ARM',
  190: 'CUDA',
  243: 'RISC-V',
  247: 'BPF',
  258: 'LoongArch',
};
const interpreterSegment = 3;

/** Programs of Linux and its relatives. */
export function elfType(bytes: Buffer): DetectedContent | undefined {
  const isLarge = bytes[4] === 2;
  if (bytes.length < (isLarge ? 64 : 52)) return undefined;
  const isBigEndian = bytes[5] === 2;
  const short = (at: number): number => (isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at));
  const machine = elfMachines[short(18)] ?? 'unknown machine';
  switch (short(16)) {
    case 1:
      return content('library', `ELF object file (${machine})`, 'application/x-object', 'o');
    case 2:
      return content('program', `ELF program (${machine})`, 'application/x-executable');
    case 3:
      return hasInterpreter(bytes, isLarge, isBigEndian)
        ? content('program', `ELF program (${machine})`, 'application/x-pie-executable')
        : content('program', `ELF library (${machine})`, 'application/x-sharedlib', 'so');
    case 4:
      return content('data', `Memory of a crashed program (${machine})`, 'application/x-coredump', 'core');
    default:
      return content('program', `ELF file (${machine})`, 'application/x-elf');
  }
}

/** Programs that can be loaded anywhere look like libraries, but name who loads them. */
function hasInterpreter(bytes: Buffer, isLarge: boolean, isBigEndian: boolean): boolean {
  const long = (at: number): number => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const short = (at: number): number => (isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at));
  // Of 64 bits the lower half is enough: the table lies near the beginning.
  const tableAt = isLarge ? long(isBigEndian ? 36 : 32) : long(28);
  const entryBytes = short(isLarge ? 54 : 42);
  const count = short(isLarge ? 56 : 44);
  for (let index = 0; index < count; index++) {
    const at = tableAt + index * entryBytes;
    if (at + 4 > bytes.length || entryBytes === 0) return false;
    if (long(at) === interpreterSegment) return true;
  }
  return false;
}

const machMachines: Readonly<Record<number, string>> = {
  7: '32-bit x86',
  0x1000007: '64-bit x86',
  12: '32-bit ARM',
  0x100000c: '64-bit ARM',
  18: 'PowerPC',
};

/** Programs of macOS for one kind of machine. */
export function machType(bytes: Buffer): DetectedContent | undefined {
  if (bytes.length < 28) return undefined;
  const isBigEndian = bytes[0] === 0xfe;
  const long = (at: number): number => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const machine = machMachines[long(4)] ?? 'unknown machine';
  switch (long(12)) {
    case 1:
      return content('library', `Mach-O object file (${machine})`, 'application/x-object', 'o');
    case 6:
    case 8:
      return content('program', `macOS library (${machine})`, 'application/x-mach-binary', 'dylib');
    default:
      return content('program', `macOS program (${machine})`, 'application/x-mach-binary');
  }
}

/** Two formats begin with these bytes: programs of macOS for several machines, and Java's classes. */
export function cafeBabeType(bytes: Buffer): DetectedContent | undefined {
  if (bytes.length < 8) return undefined;
  const oldestJava = 45;
  return bytes.readUInt32BE(4) < oldestJava
    ? content('program', 'macOS program (several machines)', 'application/x-mach-binary')
    : content('library', 'Java class', 'application/java-vm', 'class');
}
