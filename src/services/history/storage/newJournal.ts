import { removalBy } from '../operation';
import type { DurableFiles } from './durableFiles';
import { journalGenerations, journalName, temporaryEnding } from './folderNames';
import { encodeEntry, encodeHeader, entryContent, type JournalEntry, type JournalHeader } from './journal';
import type { OpenJournal } from './loadHistory';

/** A journal on the disk that does not count yet. */
export interface PreparedJournal {
  readonly journal: OpenJournal;
  /** Makes it count, for good. */
  begin(): void;
}

/** Writes a journal after all that there are. Needs the lock. Throws what the system throws. */
export function prepareJournal(
  files: DurableFiles,
  header: JournalHeader,
  entries: readonly JournalEntry[] = [],
): PreparedJournal {
  const generation = (journalGenerations(files.list()).at(-1) ?? 0) + 1;
  let { text, chain } = encodeHeader(header);
  let last = text;
  for (const entry of entries) {
    const line = encodeEntry(entry.sequence, entryContent(entry.id, entry.operation), chain);
    last = line.text;
    text += last;
    chain = line.chain;
  }
  const bytes = Buffer.from(text, 'utf8');
  const name = journalName(generation);
  const temporary = `${name}${temporaryEnding}`;
  files.writeTemporary('journal', temporary, [bytes]);
  return {
    journal: {
      generation,
      header,
      position: { offset: bytes.length, chain, lineOffset: bytes.length - Buffer.byteLength(last) },
      entryCount: entries.length,
      lastSequence: entries.at(-1)?.sequence ?? header.from,
      removal: removalBy(entries.map(({ operation }) => operation)),
    },
    begin: () => {
      files.rename('journal', temporary, name);
    },
  };
}
