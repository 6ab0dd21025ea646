import type { FileContent } from '../../files/fileContent';
import type { DatabaseProblem } from '../operation';
import { applicationId, schemaVersion } from './schema';

/** https://www.sqlite.org/fileformat.html#the_database_header */
const magic = Buffer.from('SQLite format 3\0', 'latin1');
const headerBytes = 100;
const at = { pageSize: 16, pageCount: 28, userVersion: 60, applicationId: 68 } as const;
const pageBytes = 8_192;

/**
 * Looks at the header of a file, before SQLite does. Throws what the system throws.
 * @returns what is wrong with it; undefined for what looks like a history that this version can read
 */
export function problemOfHeader(
  content: Pick<FileContent, 'sizeBytes' | 'read'>,
): { readonly problem: DatabaseProblem; readonly detail: string } | undefined {
  const { sizeBytes } = content;
  const file = Buffer.alloc(Math.min(sizeBytes, headerBytes));
  content.read(file, 0);
  const begin = file.subarray(0, magic.length);
  if (!begin.equals(magic.subarray(0, begin.length))) {
    return { problem: 'foreign', detail: 'It is no SQLite database.' };
  }
  if (file.length < headerBytes) return { problem: 'damaged', detail: `It has ${sizeBytes} bytes.` };
  const id = file.readUInt32BE(at.applicationId);
  if (id !== applicationId) {
    return { problem: 'foreign', detail: `It belongs to the application 0x${id.toString(16)}.` };
  }
  const version = file.readUInt32BE(at.userVersion);
  if (version > schemaVersion) {
    return { problem: 'newerVersion', detail: `It has version ${version}, and ${schemaVersion} is known.` };
  }
  const pageSize = file.readUInt16BE(at.pageSize);
  // All that were ever written have this one.
  if (pageSize !== pageBytes)
    return { problem: 'damaged', detail: `It says that its pages are of ${pageSize} bytes.` };
  const wanted = file.readUInt32BE(at.pageCount) * pageBytes;
  if (sizeBytes < wanted) {
    return { problem: 'damaged', detail: `It has ${sizeBytes} of ${wanted} bytes.` };
  }
  return undefined;
}
