import { type FileContent, piecesOf } from '../../../../../src/services/files/fileContent';
import type {
  AppliesOperations,
  HistoryOperation,
  OpenDatabase,
} from '../../../../../src/services/history/operation';
import type { ScanRecord } from '../../../../../src/shared/scan/record';

interface Content {
  readonly format: 'jsonDatabase';
  readonly version: number;
  readonly sequence: number;
  readonly records: readonly ScanRecord[];
}

/** The simplest thing that operations can be applied to: records by id, written as JSON. */
export class JsonDatabase implements AppliesOperations {
  readonly records = new Map<string, ScanRecord>();
  private sequence = 0;
  isClosed = false;
  isLost = false;
  changedBytes = 0;

  constructor(content?: Content) {
    if (content === undefined) return;
    this.sequence = content.sequence;
    for (const record of content.records) this.records.set(record.id, record);
  }

  get appliedSequence(): number {
    return this.sequence;
  }

  get ids(): string[] {
    return [...this.records.keys()];
  }

  apply(sequence: number, operation: HistoryOperation): void {
    if (this.isClosed) throw new Error('The database is closed.');
    if (sequence !== this.sequence + 1)
      throw new Error(`Operation ${sequence} does not follow ${this.sequence}.`);
    switch (operation.type) {
      case 'put':
        if (operation.record.summary === refusedSummary) throw new Error('This record cannot be applied.');
        this.records.set(operation.record.id, operation.record);
        break;
      case 'remove':
        for (const id of operation.ids) this.records.delete(id);
        break;
      case 'clear':
        this.records.clear();
        break;
      case 'retain':
        for (const id of this.ids.slice(0, -operation.maxRecords)) this.records.delete(id);
        break;
    }
    this.sequence = sequence;
  }

  export(): Iterable<Uint8Array> {
    const content: Content = {
      format: 'jsonDatabase',
      version: 1,
      sequence: this.sequence,
      records: [...this.records.values()],
    };
    return [Buffer.from(JSON.stringify(content))];
  }

  rebase(content: FileContent): void {
    content.close();
  }

  close(): void {
    this.isClosed = true;
  }
}

/** A record with this summary makes `apply` throw. */
export const refusedSummary = 'cannot be applied';

export const openJsonDatabase: OpenDatabase<JsonDatabase> = (file) => {
  if (file === undefined) return { database: new JsonDatabase() };
  const text = Buffer.concat([...piecesOf(file)].map((piece) => Buffer.from(piece))).toString('utf8');
  file.close();
  if (!text.startsWith('{"format":"jsonDatabase"')) return { problem: 'foreign', detail: 'Not this format.' };
  try {
    const content = JSON.parse(text) as Content;
    if (content.version > 1) return { problem: 'newerVersion', detail: `Version ${content.version}.` };
    return { database: new JsonDatabase(content) };
  } catch {
    return { problem: 'damaged', detail: 'Not readable.' };
  }
};
