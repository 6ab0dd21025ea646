/** Headers of programs: as much as tells what they are, and nothing that could run. */

/** @param subsystem 1 driver, 2 window, 3 console, 10 EFI */
export function pe(
  options: { machine?: number; isLibrary?: boolean; subsystem?: number; isManaged?: boolean } = {},
): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write('MZ', 'latin1');
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  bytes.writeUInt16LE(options.machine ?? 0x8664, 0x84);
  bytes.writeUInt16LE(options.isLibrary === true ? 0x2022 : 0x22, 0x96);
  bytes.writeUInt16LE(0x20b, 0x98);
  bytes.writeUInt16LE(options.subsystem ?? 3, 0x98 + 68);
  if (options.isManaged === true) bytes.writeUInt32LE(0x2008, 0x98 + 112 + 14 * 8);
  return bytes;
}

/** @param type 1 object, 2 program, 3 library or program, 4 core */
export function elf(
  type: number,
  options: { is32Bit?: boolean; isBigEndian?: boolean; machine?: number; hasInterpreter?: boolean } = {},
): Buffer {
  const bytes = Buffer.alloc(512);
  const isBigEndian = options.isBigEndian === true;
  const short = (value: number, at: number): void => {
    if (isBigEndian) bytes.writeUInt16BE(value, at);
    else bytes.writeUInt16LE(value, at);
  };
  const long = (value: number, at: number): void => {
    if (isBigEndian) bytes.writeUInt32BE(value, at);
    else bytes.writeUInt32LE(value, at);
  };
  bytes.write('\x7fELF', 'latin1');
  bytes[4] = options.is32Bit === true ? 1 : 2;
  bytes[5] = isBigEndian ? 2 : 1;
  short(type, 16);
  short(options.machine ?? 62, 18);
  const [tableField, entrySizeField, countField] = options.is32Bit === true ? [28, 42, 44] : [32, 54, 56];
  long(128, options.is32Bit !== true && isBigEndian ? tableField + 4 : tableField);
  short(56, entrySizeField);
  short(2, countField);
  long(1, 128);
  long(options.hasInterpreter === true ? 3 : 2, 128 + 56);
  return bytes;
}

export function machO(fileType: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(0xfeedfacf, 0);
  bytes.writeUInt32LE(0x100000c, 4);
  bytes.writeUInt32LE(fileType, 12);
  return bytes;
}

/** A compound file whose directory has a stream of that name. */
export function compoundFile(stream: string, rootClass = Buffer.alloc(16)): Buffer {
  const bytes = Buffer.alloc(2048);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt32LE(1, 48);
  bytes.write('Root Entry', 1024, 'utf16le');
  rootClass.copy(bytes, 1024 + 80);
  bytes.write(stream, 1024 + 128, 'utf16le');
  return bytes;
}

export function windowsShortcut(): Buffer {
  return Buffer.concat([Buffer.from('4c0000000114020000000000c000000000000046', 'hex'), Buffer.alloc(60)]);
}
