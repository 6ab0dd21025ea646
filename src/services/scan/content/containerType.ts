import { content, type DetectedContent } from './detectedContent';

const zip = content('archive', 'Zip archive', 'application/zip', 'zip');

/** Where names of members are: headers at the beginning, the directory at the end. */
const searchedBytes = 64 * 1024;

const openDocument = 'application/vnd.oasis.opendocument.';
const openXml = 'application/vnd.openxmlformats-officedocument.';

interface ZipKind {
  /** A member of that name, or what a name begins or ends with. */
  readonly has: readonly string[];
  readonly content: DetectedContent;
}

const officeMarker = '[Content_Types].xml';
const macroMarker = 'vbaProject.bin';
/** The first that fits counts. */
const zipKinds: readonly ZipKind[] = [
  {
    has: ['extension.vsixmanifest'],
    content: content('archive', 'VS Code extension package', 'application/vsix', 'vsix'),
  },
  {
    has: ['AndroidManifest.xml', 'classes.dex'],
    content: content('archive', 'Android package', 'application/vnd.android.package-archive', 'apk'),
  },
  {
    has: ['word/', officeMarker],
    content: content('document', 'Word document', `${openXml}wordprocessingml.document`, 'docx'),
  },
  {
    has: ['xl/', officeMarker],
    content: content('document', 'Excel workbook', `${openXml}spreadsheetml.sheet`, 'xlsx'),
  },
  {
    has: ['ppt/', officeMarker],
    content: content('document', 'PowerPoint presentation', `${openXml}presentationml.presentation`, 'pptx'),
  },
  {
    has: ['.nuspec', officeMarker],
    content: content('archive', 'NuGet package', 'application/zip', 'nupkg'),
  },
  { has: ['.dist-info/WHEEL'], content: content('archive', 'Python wheel', 'application/zip', 'whl') },
  {
    has: ['META-INF/MANIFEST.MF'],
    content: content('archive', 'Java archive', 'application/java-archive', 'jar'),
  },
  {
    has: [`mimetypeapplication/epub+zip`],
    content: content('document', 'E-book', 'application/epub+zip', 'epub'),
  },
  {
    has: [`mimetype${openDocument}text`],
    content: content('document', 'OpenDocument text', `${openDocument}text`, 'odt'),
  },
  {
    has: [`mimetype${openDocument}spreadsheet`],
    content: content('document', 'OpenDocument spreadsheet', `${openDocument}spreadsheet`, 'ods'),
  },
  {
    has: [`mimetype${openDocument}presentation`],
    content: content('document', 'OpenDocument presentation', `${openDocument}presentation`, 'odp'),
  },
];

/** Zip archives and all that are zip archives inside. */
export function zipType(bytes: Buffer): DetectedContent {
  const end = bytes.toString('latin1', Math.max(searchedBytes, bytes.length - searchedBytes));
  const text = bytes.toString('latin1', 0, searchedBytes) + end;
  const found = zipKinds.find(({ has }) => has.every((marker) => text.includes(marker)))?.content;
  if (found?.kind === 'document' && text.includes(macroMarker)) {
    return { kind: found.kind, type: { ...found.type, name: `${found.type.name} with macros` } };
  }
  return found ?? zip;
}

const sectorShift = 30;
const directoryStart = 48;
const maxDirectoryBytes = 16 * 1024;

const oleKinds: readonly { readonly stream: string; readonly content: DetectedContent }[] = [
  {
    stream: 'WordDocument',
    content: content('document', 'Word document (97–2003)', 'application/msword', 'doc'),
  },
  {
    stream: 'Workbook',
    content: content('document', 'Excel workbook (97–2003)', 'application/vnd.ms-excel', 'xls'),
  },
  {
    stream: 'Book',
    content: content('document', 'Excel workbook (97–2003)', 'application/vnd.ms-excel', 'xls'),
  },
  {
    stream: 'PowerPoint Document',
    content: content('document', 'PowerPoint presentation (97–2003)', 'application/vnd.ms-powerpoint', 'ppt'),
  },
  {
    stream: '__properties_version1.0',
    content: content('document', 'Outlook message', 'application/vnd.ms-outlook', 'msg'),
  },
  {
    stream: 'EncryptedPackage',
    content: content('document', 'Office document with a password', 'application/x-ole-storage'),
  },
];
/** The class of Windows Installer's packages, as it lies in the first entry of the directory. */
const installerClass = Buffer.from('84100c0000000000c000000000000046', 'hex');

/** Microsoft's compound files: Office until 2003, installers, messages. */
export function oleType(bytes: Buffer): DetectedContent {
  const other = content('document', 'Microsoft compound file', 'application/x-ole-storage');
  if (bytes.length < 512) return other;
  const shift = bytes.readUInt16LE(sectorShift);
  const at = (bytes.readUInt32LE(directoryStart) + 1) * 2 ** Math.min(shift, 12);
  const directory = bytes.subarray(at, at + maxDirectoryBytes);
  if (directory.subarray(80, 96).equals(installerClass)) {
    return content('program', 'Windows Installer package', 'application/x-msi', 'msi');
  }
  const names = directory.toString('utf16le');
  return oleKinds.find(({ stream }) => names.includes(`${stream}\0`))?.content ?? other;
}

const riffForms: Readonly<Record<string, DetectedContent>> = {
  WEBP: content('image', 'WebP image', 'image/webp', 'webp'),
  WAVE: content('audio', 'WAV audio', 'audio/wav', 'wav'),
  'AVI ': content('video', 'AVI video', 'video/vnd.avi', 'avi'),
};

export function riffType(bytes: Buffer): DetectedContent | undefined {
  return riffForms[bytes.toString('latin1', 8, 12)];
}

/** MP4 and its relatives, by their brand. */
export function mp4Type(bytes: Buffer): DetectedContent {
  const brand = bytes.toString('latin1', 8, 12);
  if (/^(heic|heix|mif1|msf1|hevc)$/.test(brand)) return content('image', 'HEIF image', 'image/heif', 'heic');
  if (/^avi[fs]$/.test(brand)) return content('image', 'AVIF image', 'image/avif', 'avif');
  if (/^M4[AB] $/.test(brand)) return content('audio', 'MPEG-4 audio', 'audio/mp4', 'm4a');
  if (brand === 'qt  ') return content('video', 'QuickTime video', 'video/quicktime', 'mov');
  return content('video', 'MP4 video', 'video/mp4', 'mp4');
}
