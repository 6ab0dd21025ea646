import type { Artifact, ArtifactLocation, Location } from 'sarif';
import { defined } from '../../../../shared/defined';
import type { Finding, ScanRecord } from '../../../../shared/scan/record';
import { utcTime } from '../recordWriter';
import { fileUri, fileUriIn, memberUri, webUri } from './sarifUri';

/** What a record is about, as artifacts: its target, the files of a folder with findings, members of archives. */
export class RecordArtifacts {
  readonly artifacts: Artifact[] = [];
  private readonly places = new Map<string, ArtifactLocation>();

  /** @param firstIndex how many artifacts of other records precede these */
  constructor(
    private readonly record: ScanRecord,
    private readonly firstIndex: number,
  ) {}

  /** @returns undefined for a target that has no address, such as a relative path */
  target(): ArtifactLocation | undefined {
    const uri = targetUri(this.record);
    return uri === undefined ? undefined : this.place(uri, () => targetArtifact(this.record));
  }

  /** The file or member that a finding is about. */
  ofFinding({ path, members = [] }: Pick<Finding, 'path' | 'members'>): ArtifactLocation | undefined {
    let location = path === undefined ? this.target() : this.fileInFolder(path);
    for (const member of members) {
      const uri = memberUri(member);
      if (location?.index === undefined || uri === undefined) return undefined;
      const parentIndex = location.index;
      location = this.place(uri, () => ({ roles: ['resultFile'] }), parentIndex);
    }
    return location;
  }

  private fileInFolder(path: string): ArtifactLocation | undefined {
    const uri = fileUriIn(this.record.target, path);
    if (uri === undefined) return undefined;
    // Elements of the list have to differ, also where two scans found something in one file.
    const artifact: Artifact = { roles: ['resultFile'], properties: { recordId: this.record.id } };
    return this.place(uri, () => artifact);
  }

  /** By their addresses: names that are no text, or are written in several ways, may have the same. */
  private place(uri: string, create: () => Artifact, parentIndex?: number): ArtifactLocation {
    const key = `${parentIndex ?? ''} ${uri}`;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const index = this.firstIndex + this.artifacts.length;
    this.artifacts.push({
      location: { uri },
      ...create(),
      ...(parentIndex !== undefined && { parentIndex }),
    });
    const location = { uri, index };
    this.places.set(key, location);
    return location;
  }
}

/** A place for what has no address, by its name. */
export function namedPlace(name: string): Location {
  return { logicalLocations: [{ fullyQualifiedName: name }] };
}

function targetUri({ kind, target }: ScanRecord): string | undefined {
  switch (kind) {
    case 'file':
      return fileUri(target);
    case 'folder':
      return fileUri(target)?.replace(/\/?$/, '/');
    case 'url':
    case 'network':
      return webUri(target);
  }
}

function targetArtifact({ id, kind, sha256, details }: ScanRecord): Artifact {
  const file = details?.type === 'file' ? details : undefined;
  const mime = file?.contentType?.mime;
  const modifiedAt = file?.modifiedAt;
  const hashes = defined({
    'sha-256': file?.hashes?.sha256 ?? sha256,
    'sha-1': file?.hashes?.sha1,
    md5: file?.hashes?.md5,
  });
  return defined({
    roles:
      kind === 'folder' ? (['analysisTarget', 'directory'] as const).slice() : ['analysisTarget' as const],
    length: file?.sizeBytes,
    mimeType: mime !== undefined && /^[^/]+\/.+$/.test(mime) ? mime : undefined,
    hashes: Object.keys(hashes).length === 0 ? undefined : hashes,
    lastModifiedTimeUtc: modifiedAt === undefined ? undefined : utcTime(modifiedAt),
    properties: { recordId: id },
  });
}
