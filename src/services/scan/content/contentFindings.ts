import type { Finding } from '../../../shared/scan/record';
import type { DetectedContent } from './detectedContent';

/** The engine's id and name in reports. */
export const contentEngine = { id: 'content', name: 'File type' } as const;

export interface NamedContent {
  /** The file's or the member's own name, without folders. */
  readonly name: string;
  readonly detected: DetectedContent;
  /** In bits a byte, where it was asked for. */
  readonly entropy?: number;
}

type ContentFinding = Omit<Finding, 'engine' | 'path' | 'members'>;

/** What people open without a thought, as they do with nothing that runs. */
const documents = ['pdf', 'doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'rtf', 'odt', 'ods', 'txt', 'csv'];
const pictures = ['jpg', 'jpeg', 'png', 'gif', 'bmp', 'webp', 'heic', 'tif', 'tiff'];
const media = ['mp3', 'wav', 'flac', 'ogg', 'mp4', 'avi', 'mov', 'mkv', 'webm', 'wmv'];
const harmless: ReadonlySet<string> = new Set([...documents, ...pictures, ...media]);
/** Text of any kind is fine under these names. */
const plainNames: ReadonlySet<string> = new Set(['txt', 'csv']);

/** Runs by a double click, whatever it contains. */
const startedByName: ReadonlySet<string> = new Set([
  'bat',
  'cmd',
  'vbs',
  'vbe',
  'jse',
  'wsf',
  'wsh',
  'hta',
  'ps1',
]);
/** Runs by a double click where the content is a program: some of these are parts of other names, too. */
const startedByContent: ReadonlySet<string> = new Set(['exe', 'scr', 'pif', 'com', 'cpl', 'msi', 'lnk']);

/** Marks that turn the direction of the text after them. */
const turningMarks = /[\u202d\u202e\u2066-\u2068]/;
/** So many spaces push an extension out of sight. */
const hidingSpaces = /[\s\u00a0\u2000-\u200a\u3000]{8,}\.[^.\s]+$/;
const doubleExtension = /\.([a-z0-9]{2,5})[\s_]*\.([a-z0-9]{2,4})$/i;

/** Packed or encrypted code comes close to 8; ordinary programs stay below 7. */
const packedEntropy = 7.2;

/**
 * What a name hides about a content. Ordinary files of developers yield nothing that decides anything: pictures of
 * another kind than their name, `.ts` of either meaning, scripts and text of any name.
 */
export function contentFindings({ name, detected, entropy }: NamedContent): readonly Finding[] {
  const findings: ContentFinding[] = [];
  const extension = extensionOf(name);
  const isStarted = isStartedBy(extension, detected);
  const typeName = detected.type.name;
  if (turningMarks.test(name) && (isStarted || detected.kind === 'program' || detected.kind === 'script')) {
    findings.push({
      rule: 'turned-name',
      title: `The name hides what it is: ${typeName}`,
      description:
        'A mark that turns the direction of writing makes the end of the name look like another extension.',
      severity: 'high',
      weight: 'suspicious',
      reference: 'https://attack.mitre.org/techniques/T1036/002/',
    });
  }
  if (isStarted && (hidingSpaces.test(name) || hasHarmlessExtensionBefore(name))) {
    findings.push({
      rule: 'double-extension',
      title: `It looks like a document and is started when opened (.${extension})`,
      description: `The name pretends to be of another kind; the content is: ${typeName}.`,
      severity: 'high',
      weight: 'suspicious',
      reference: 'https://attack.mitre.org/techniques/T1036/007/',
    });
  }
  const disguise = disguiseOf(extension, detected);
  if (disguise !== undefined) findings.push(disguise);
  if (detected.kind === 'program' && entropy !== undefined && entropy >= packedEntropy) {
    findings.push({
      rule: 'packed-program',
      title: 'The program is packed or encrypted',
      description: `Its entropy is ${entropy.toFixed(2)} of 8 bits a byte. Installers and compressed programs are so, too.`,
      severity: 'info',
      weight: 'informational',
    });
  }
  return findings.map((finding) => ({ engine: contentEngine.id, ...finding }));
}

/** Lower case, without its dot; empty without one. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

function isStartedBy(extension: string, { kind }: DetectedContent): boolean {
  return startedByName.has(extension) || (startedByContent.has(extension) && kind === 'program');
}

function hasHarmlessExtensionBefore(name: string): boolean {
  const match = doubleExtension.exec(name);
  return match !== null && harmless.has((match[1] ?? '').toLowerCase());
}

/** A name that promises something harmless, and a content that is not. */
function disguiseOf(extension: string, detected: DetectedContent): ContentFinding | undefined {
  if (!harmless.has(extension)) return undefined;
  const { kind, type } = detected;
  if (kind === 'program') {
    return {
      rule: 'program-in-disguise',
      title: `It is called .${extension} and is a program: ${type.name}`,
      description: 'Programs are given such names to pass unnoticed and to be started by something else.',
      severity: 'high',
      weight: 'suspicious',
      reference: 'https://attack.mitre.org/techniques/T1036/008/',
    };
  }
  const isOdd =
    kind === 'script' || type.extension === 'html' || (kind === 'archive' && type.extension !== 'zip');
  if (!isOdd || plainNames.has(extension)) return undefined;
  return {
    rule: 'other-content',
    title: `It is called .${extension} and is something else: ${type.name}`,
    severity: 'low',
    weight: 'informational',
  };
}
