import assert from 'node:assert/strict';
import { schemaVersion } from '../../../../src/services/history/database/schema';
import type { HistoryOperation } from '../../../../src/services/history/operation';
import {
  encodeEntry,
  encodeHeader,
  entryContent,
  journalStart,
  readJournal,
  salvageJournal,
} from '../../../../src/services/history/storage/journal';
import { madeRecord } from '../../support/scanRecords';
import { Random, testSeed } from '../../support/random';

const engine = { id: 'yara', name: 'YARA-X', state: 'noHit' } as const;
const header = { version: 1, epoch: 'test', from: 0 } as const;

/** A journal of these operations, and where each line ends. */
function journalOf(operations: readonly HistoryOperation[]): { bytes: Buffer; ends: number[] } {
  let { text, chain } = encodeHeader(header);
  const ends = [Buffer.byteLength(text)];
  operations.forEach((operation, index) => {
    const line = encodeEntry(index + 1, entryContent(`id-${index}`, operation), chain);
    text += line.text;
    chain = line.chain;
    ends.push(Buffer.byteLength(text));
  });
  return { bytes: Buffer.from(text), ends };
}

function put(id: string, target = `/srv/${id}`): HistoryOperation {
  return { type: 'put', record: madeRecord({ id, target }) };
}

/** A line with its checksum right. */
function lineOf(sequence: number, content: unknown): Buffer {
  return Buffer.from(encodeEntry(sequence, JSON.stringify(content), journalStart.chain).text);
}

describe('the journal of the history', () => {
  it('gives back what was written', () => {
    const operations: HistoryOperation[] = [
      put('a', 'half \ud83d, and \u2028 and \0 and "\\\n'),
      { type: 'remove', ids: ['a', '\udfff'] },
      { type: 'clear' },
      { type: 'retain', maxRecords: 3, startedFrom: 17 },
    ];
    const { bytes, ends } = journalOf(operations);
    const reading = readJournal(bytes, journalStart);
    assert.deepEqual(reading.header, header);
    assert.deepEqual(
      reading.entries.map(({ operation }) => operation),
      operations,
    );
    assert.deepEqual(
      reading.entries.map(({ sequence, id }) => [sequence, id]),
      [
        [1, 'id-0'],
        [2, 'id-1'],
        [3, 'id-2'],
        [4, 'id-3'],
      ],
    );
    assert.equal(reading.end.offset, ends.at(-1));
    assert.equal(reading.problem, undefined);
  });

  it('goes on from any line', () => {
    const { bytes, ends } = journalOf([put('a'), put('b'), put('c')]);
    for (const end of ends) {
      const before = readJournal(bytes.subarray(0, end), journalStart);
      const after = readJournal(bytes.subarray(end), before.end);
      assert.equal(after.problem, undefined);
      assert.equal(before.entries.length + after.entries.length, 3);
      assert.equal(after.end.offset, bytes.length);
    }
  });

  it('leaves out a torn end of whatever length', () => {
    const { bytes, ends } = journalOf([put('a'), put('b')]);
    for (let length = ends[1]!; length < bytes.length; length += 1) {
      const reading = readJournal(bytes.subarray(0, length), journalStart);
      assert.equal(reading.problem, undefined, `at ${length} bytes`);
      assert.equal(reading.entries.length, 1);
      assert.equal(reading.end.offset, ends[1]);
    }
    const zeros = Buffer.concat([bytes, Buffer.alloc(4_096)]);
    assert.equal(readJournal(zeros, journalStart).problem, undefined);
    assert.equal(readJournal(zeros, journalStart).entries.length, 2);
  });

  it('notices every flipped bit, and keeps the other entries', () => {
    const { bytes, ends } = journalOf([put('a'), put('b'), put('c')]);
    for (let position = 0; position < bytes.length; position += 1) {
      for (const bit of [0, 3, 7]) {
        const damaged = Buffer.from(bytes);
        damaged[position]! ^= 1 << bit;
        const reading = readJournal(damaged, journalStart);
        assert.equal(reading.problem, 'damaged', `bit ${bit} of byte ${position}`);
        const line = ends.findIndex((end) => position < end);
        const saved = salvageJournal(damaged).map(({ sequence }) => sequence);
        // Without a newline between them two lines are one; the last line has none behind it.
        const isNewline = ends.includes(position + 1);
        const lost = isNewline ? (line === 3 ? [] : [line, line + 1]) : [line];
        assert.deepEqual(
          saved,
          [1, 2, 3].filter((sequence) => !lost.includes(sequence)),
        );
      }
    }
  });

  it('notices a line that was left out, doubled, or written in the place of one that was read', () => {
    const { bytes, ends } = journalOf([put('a'), put('b'), put('c')]);
    const part = (from: number, to: number): Buffer => bytes.subarray(ends[from], ends[to]);
    const head = bytes.subarray(0, ends[0]);
    for (const wrong of [
      [head, part(0, 1), part(2, 3)],
      [head, part(0, 1), part(0, 1)],
      [head, part(1, 2)],
      [head, part(0, 1), head],
      [part(0, 1)],
    ])
      assert.equal(readJournal(Buffer.concat(wrong), journalStart).problem, 'damaged');

    // The first reader has read b; then b was cut off, and x and c took its place and the next.
    const { end } = readJournal(bytes.subarray(0, ends[2]), journalStart);
    const other = journalOf([put('a'), put('x'), put('c')]);
    assert.equal(other.ends[2], ends[2]);
    assert.equal(readJournal(other.bytes.subarray(end.offset), end).problem, 'damaged');
  });

  it('tells what a newer version wrote from damage', () => {
    const head = Buffer.from(encodeHeader(header).text);
    const chain = encodeHeader(header).chain;
    const entry = (content: unknown): Buffer =>
      Buffer.concat([head, Buffer.from(encodeEntry(1, JSON.stringify(content), chain).text)]);
    for (const content of [
      { id: 'x', operation: { type: 'merge', with: 'y' } },
      { id: 'x', operation: { type: 'put', record: { id: 'no record as we know it' } } },
      { operations: [] },
      { id: 'x', operation: { type: 'clear' }, signature: 'y' },
      { id: 'x', operation: { type: 'clear', except: [] } },
      { id: 'x', operation: { type: 'put', record: { ...madeRecord(), labels: [] } } },
      {
        id: 'x',
        operation: { type: 'put', record: { ...madeRecord(), engines: [{ ...engine, model: 'z' }] } },
      },
    ])
      assert.equal(readJournal(entry(content), journalStart).problem, 'newerVersion');
    assert.equal(readJournal(entry({ id: 'x', operation: put('a') }), journalStart).problem, undefined);
    for (const content of [
      { version: 2, cipher: 'x' },
      { ...header, schema: schemaVersion + 1 },
      { ...header, cipher: 'x' },
    ])
      assert.equal(readJournal(lineOf(0, content), journalStart).problem, 'newerVersion');
    for (const content of [header, { ...header, schema: schemaVersion }, { ...header, schema: 1 }])
      assert.equal(readJournal(lineOf(0, content), journalStart).problem, undefined);
    assert.equal(readJournal(lineOf(0, { hello: 'world' }), journalStart).problem, 'damaged');
  });

  it('takes whatever bytes there are', () => {
    const random = new Random(testSeed());
    const { bytes } = journalOf([put('a'), put('b')]);
    for (let round = 0; round < 2_000; round += 1) {
      const wild = Buffer.from(bytes);
      for (let change = random.below(20); change >= 0; change -= 1)
        wild[random.below(wild.length)] = random.pick([0, 10, 13, 32, 255, random.below(256)]);
      const hostile = wild.subarray(random.below(40), random.below(wild.length));
      assert.ok(readJournal(hostile, journalStart).entries.length <= 2);
      assert.ok(salvageJournal(hostile).length <= 2);
    }
  });
});
