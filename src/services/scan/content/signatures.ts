import { content, type ContentKind, type DetectedContent } from './detectedContent';

/** Bytes by which a format is known; in `magic` a character is a byte. */
interface Signature {
  readonly magic: string;
  readonly at: number;
  readonly content: DetectedContent;
}

type Row = readonly [
  magic: string,
  kind: ContentKind,
  name: string,
  mime?: string | undefined,
  extension?: string | undefined,
  at?: number,
];

/** Formats that a few bytes tell for sure; longer ones before those that they begin with. */
const rows: readonly Row[] = [
  // Programs and their parts
  ['\0asm', 'library', 'WebAssembly module', 'application/wasm', 'wasm'],
  ['dex\n03', 'library', 'Android program code', 'application/vnd.android.dex', 'dex'],
  ['BC\xc0\xde', 'library', 'LLVM bitcode', undefined, 'bc'],
  ['\x1bLua', 'library', 'Lua bytecode', undefined, 'luac'],
  ['!<arch>\ndebian-binary', 'archive', 'Debian package', 'application/vnd.debian.binary-package', 'deb'],
  ['!<arch>\n', 'library', 'Static library', 'application/x-archive', 'a'],
  ['\xed\xab\xee\xdb', 'archive', 'RPM package', 'application/x-rpm', 'rpm'],
  [
    'L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0',
    'program',
    'Windows shortcut',
    'application/x-ms-shortcut',
    'lnk',
  ],
  // Documents
  ['%PDF-', 'document', 'PDF document', 'application/pdf', 'pdf'],
  ['{\\rt', 'document', 'Rich Text document', 'application/rtf', 'rtf'],
  ['%!PS', 'document', 'PostScript document', 'application/postscript', 'ps'],
  ['ITSF\x03\0\0\0', 'document', 'Windows help file', 'application/vnd.ms-htmlhelp', 'chm'],
  ['\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d', 'document', 'OneNote document', 'application/onenote', 'one'],
  ['AT&TFORM', 'document', 'DjVu document', 'image/vnd.djvu', 'djvu'],
  // Archives and images of disks
  ['\x1f\x8b\x08', 'archive', 'Gzip archive', 'application/gzip', 'gz'],
  ['\x28\xb5\x2f\xfd', 'archive', 'Zstandard archive', 'application/zstd', 'zst'],
  ['\xfd7zXZ\0', 'archive', 'XZ archive', 'application/x-xz', 'xz'],
  ['7z\xbc\xaf\x27\x1c', 'archive', '7-Zip archive', 'application/x-7z-compressed', '7z'],
  ['Rar!\x1a\x07', 'archive', 'RAR archive', 'application/vnd.rar', 'rar'],
  ['MSCF\0\0\0\0', 'archive', 'Cabinet archive', 'application/vnd.ms-cab-compressed', 'cab'],
  ['\x04\x22\x4d\x18', 'archive', 'LZ4 archive', 'application/x-lz4', 'lz4'],
  ['LZIP\x01', 'archive', 'Lzip archive', 'application/x-lzip', 'lz'],
  ['070701', 'archive', 'Cpio archive', 'application/x-cpio', 'cpio'],
  ['070702', 'archive', 'Cpio archive', 'application/x-cpio', 'cpio'],
  ['070707', 'archive', 'Cpio archive', 'application/x-cpio', 'cpio'],
  ['hsqs', 'archive', 'Squashfs image', undefined, 'squashfs'],
  ['CD001', 'archive', 'ISO disk image', 'application/x-iso9660-image', 'iso', 0x8001],
  ['conectix', 'archive', 'Virtual hard disk', undefined, 'vhd'],
  ['vhdxfile', 'archive', 'Virtual hard disk', undefined, 'vhdx'],
  ['KDMV', 'archive', 'VMware disk', undefined, 'vmdk'],
  ['QFI\xfb', 'archive', 'QEMU disk', undefined, 'qcow2'],
  // Images
  ['\x89PNG\r\n\x1a\n', 'image', 'PNG image', 'image/png', 'png'],
  ['\xff\xd8\xff', 'image', 'JPEG image', 'image/jpeg', 'jpg'],
  ['GIF87a', 'image', 'GIF image', 'image/gif', 'gif'],
  ['GIF89a', 'image', 'GIF image', 'image/gif', 'gif'],
  ['II*\0', 'image', 'TIFF image', 'image/tiff', 'tif'],
  ['MM\0*', 'image', 'TIFF image', 'image/tiff', 'tif'],
  ['8BPS', 'image', 'Photoshop image', 'image/vnd.adobe.photoshop', 'psd'],
  ['icns', 'image', 'macOS icon', 'image/x-icns', 'icns'],
  ['\0\0\0\x0cJXL ', 'image', 'JPEG XL image', 'image/jxl', 'jxl'],
  ['\0\0\0\x0cjP  ', 'image', 'JPEG 2000 image', 'image/jp2', 'jp2'],
  ['qoif', 'image', 'QOI image', 'image/qoi', 'qoi'],
  // Sound and film
  ['ID3', 'audio', 'MP3 audio', 'audio/mpeg', 'mp3'],
  ['fLaC', 'audio', 'FLAC audio', 'audio/flac', 'flac'],
  ['OggS', 'audio', 'Ogg media', 'audio/ogg', 'ogg'],
  ['MThd', 'audio', 'MIDI audio', 'audio/midi', 'mid'],
  ['.snd', 'audio', 'AU audio', 'audio/basic', 'au'],
  ['\x1a\x45\xdf\xa3', 'video', 'Matroska video', 'video/matroska', 'mkv'],
  ['\0\0\x01\xba', 'video', 'MPEG video', 'video/mpeg', 'mpg'],
  ['\0\0\x01\xb3', 'video', 'MPEG video', 'video/mpeg', 'mpg'],
  ['FLV\x01', 'video', 'Flash video', 'video/x-flv', 'flv'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'video', 'Windows Media', 'video/x-ms-asf', 'wmv'],
  // Fonts
  ['wOFF', 'font', 'WOFF font', 'font/woff', 'woff'],
  ['wOF2', 'font', 'WOFF2 font', 'font/woff2', 'woff2'],
  ['OTTO\0', 'font', 'OpenType font', 'font/otf', 'otf'],
  ['\0\x01\0\0\0', 'font', 'TrueType font', 'font/ttf', 'ttf'],
  ['true\0', 'font', 'TrueType font', 'font/ttf', 'ttf'],
  ['ttcf\0', 'font', 'TrueType collection', 'font/collection', 'ttc'],
  // Data
  ['SQLite format 3\0', 'data', 'SQLite database', 'application/vnd.sqlite3', 'sqlite'],
  ['PAR1', 'data', 'Parquet data', 'application/vnd.apache.parquet', 'parquet'],
  ['\x89HDF\r\n\x1a\n', 'data', 'HDF5 data', 'application/x-hdf5', 'h5'],
  ['\x93NUMPY', 'data', 'NumPy array', undefined, 'npy'],
  ['PACK\0\0\0', 'data', 'Git pack', undefined, 'pack'],
  ['\xfftOc\0\0\0', 'data', 'Git pack index', undefined, 'idx'],
  ['DIRC\0\0\0', 'data', 'Git index'],
  ['regf', 'data', 'Windows registry'],
  ['ElfFile\0', 'data', 'Windows event log', undefined, 'evtx'],
  ['\xd4\xc3\xb2\xa1', 'data', 'Network capture', 'application/vnd.tcpdump.pcap', 'pcap'],
  ['\xa1\xb2\xc3\xd4', 'data', 'Network capture', 'application/vnd.tcpdump.pcap', 'pcap'],
  ['\x0a\x0d\x0d\x0a', 'data', 'Network capture', 'application/x-pcapng', 'pcapng'],
  ['\xde\x12\x04\x95', 'data', 'Translations (gettext)', undefined, 'mo'],
  ['\x95\x04\x12\xde', 'data', 'Translations (gettext)', undefined, 'mo'],
  ['bplist0', 'data', 'Property list', undefined, 'plist'],
];

const signatures: readonly Signature[] = rows.map(([magic, kind, name, mime, extension, at = 0]) => ({
  magic,
  at,
  content: content(kind, name, mime, extension),
}));

/** @returns the format whose signature is there */
export function bySignature(bytes: Uint8Array): DetectedContent | undefined {
  return signatures.find((signature) => isAt(bytes, signature))?.content;
}

function isAt(bytes: Uint8Array, { magic, at }: Signature): boolean {
  for (let index = 0; index < magic.length; index++) {
    if (bytes[at + index] !== magic.charCodeAt(index)) return false;
  }
  return true;
}
