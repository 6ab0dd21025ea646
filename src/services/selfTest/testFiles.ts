import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

const prefix = 'sentinel-self-test-';
/** What is older was left behind by somebody who was killed: a self-test takes minutes at most. */
const abandonedMs = 3_600_000;

/** One of the files that engines are tried with. */
export interface TestFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface TestFiles {
  /** The agreed test file of anti-virus programs, which does no harm. */
  readonly plain: TestFile;
  /** The same in a zip archive, compressed. */
  readonly zipped: TestFile;
}

/**
 * Writes the files that engines are tried with into a private folder, and removes them whatever `use` does. What an
 * earlier test has left behind because its process was killed goes, too.
 * @param parent for tests: where instead of the system's temporary folder
 * @throws the system's error where they cannot be written
 */
export async function withTestFiles<T>(
  use: (files: TestFiles) => Promise<T>,
  now: number,
  parent = tmpdir(),
): Promise<T> {
  await removeAbandoned(parent, now);
  const folder = await mkdtemp(path.join(parent, prefix));
  try {
    const plain = Buffer.from(eicar(), 'latin1');
    return await use({
      plain: await write(path.join(folder, 'eicar.txt'), plain),
      zipped: await write(path.join(folder, 'eicar.zip'), zipOf('eicar.txt', plain)),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(file: string, bytes: Buffer): Promise<TestFile> {
  await writeFile(file, bytes, { mode: 0o600 });
  return { path: file, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function removeAbandoned(parent: string, now: number): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const folder = path.join(parent, name);
    try {
      const { mtimeMs, uid } = await stat(folder);
      const isOurs = process.getuid === undefined || uid === process.getuid();
      if (isOurs && now - mtimeMs > abandonedMs) await rm(folder, { recursive: true, force: true });
    } catch {
      // Somebody else removes it at the same time, or it belongs to somebody else.
    }
  }
}

/**
 * The test file, put together from masked bytes: in one piece it would make anti-virus programs take this program for
 * it.
 */
export function eicar(): string {
  const bytes = Buffer.from(maskedEicar, 'base64');
  return Buffer.from(bytes.map((byte) => byte ^ mask)).toString('latin1');
}

const mask = 0x2a;
const maskedEicar =
  'ch9lC3oPamt6cR52enByHx4CenQDHWlpAx1XDm9jaWt4B3l+a2Rua3huB2tkfmN8Y3h/eQd+b3l+B2xjZm8LDmIBYgA=';

/** A zip archive with one member. */
function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const nameBytes = Buffer.from(name, 'utf8');
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(nameBytes.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    common,
    Buffer.alloc(14),
    nameBytes,
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
