import assert from 'node:assert/strict';
import {
  type ArchiveLimits,
  type ArchiveProblem,
  defaultArchiveLimits,
} from '../../../../src/services/scan/archive/archive';
import type { ArchiveControl } from '../../../../src/services/scan/archive/archiveBudget';
import { type ArchiveProblemEvent } from '../../../../src/services/scan/archive/archiveFindings';
import { archiveFormatOf } from '../../../../src/services/scan/archive/archiveFormat';
import { ArchiveReader } from '../../../../src/services/scan/archive/archiveReader';
import { type ByteSource, MemorySource } from '../../../../src/services/scan/archive/byteSource';

export interface ReadArchive {
  /** The way to each member, joined by `!`, and its content. */
  readonly members: readonly (readonly [name: string, content: string])[];
  readonly names: readonly string[];
  readonly problems: readonly ArchiveProblemEvent[];
  /** Kinds of problems, in order, each once. */
  readonly kinds: readonly ArchiveProblem[];
  readonly memberCount: number;
  readonly unpackedBytes: number;
}

export const noControl: ArchiveControl = { checkpoint: () => undefined };

/** Reads all of an archive; a content that is not short is given by its length. */
export function readArchive(
  from: Uint8Array | ByteSource,
  limits: Partial<ArchiveLimits> = {},
  name = 'archive',
): ReadArchive {
  const source = from instanceof Uint8Array ? new MemorySource(from) : from;
  const format = archiveFormatOf(source);
  assert.ok(format !== undefined, 'it is no archive');
  const reader = new ArchiveReader(source, format, {
    name,
    limits: { ...defaultArchiveLimits, ...limits },
    control: noControl,
  });
  const members: (readonly [string, string])[] = [];
  const problems: ArchiveProblemEvent[] = [];
  for (const event of reader.read()) {
    if (event.type === 'problem') problems.push(event);
    else members.push([event.members.join('!'), shown(event.bytes)]);
  }
  return {
    members,
    names: members.map(([memberName]) => memberName),
    problems,
    kinds: [...new Set(problems.map(({ problem }) => problem))],
    memberCount: reader.memberCount,
    unpackedBytes: reader.unpackedBytes,
  };
}

function shown(bytes: Uint8Array): string {
  return bytes.length > 1000 ? `${bytes.length} bytes` : Buffer.from(bytes).toString('latin1');
}
