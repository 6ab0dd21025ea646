import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import { csvRow, textCell } from '../../../../src/services/history/export/csv';
import { Random, testSeed } from '../../support/random';
import { originalText } from './support/exporting';
import { hostileTexts, randomRecord } from './support/sampleRecords';

/** Splits by whatever some language's spreadsheet splits by, quotes or not, and looks for what would be computed. */
function beginsFormula(row: string): boolean {
  return row.split(/[;\t\r\n]/).some((part) => /^(?:"*)(?:[\s\p{Cf}\p{Cc}])*[=+\-@＝＋－＠]/u.test(part));
}

describe('cells of CSV', () => {
  it('quotes what needs it, and doubles quotes', () => {
    const rows: readonly (readonly [string, string])[] = [
      ['plain', 'plain'],
      ['', ''],
      ['a,b', '"a,b"'],
      ['say "no"', '"say ""no"""'],
      ['a;b', '"a;b"'],
      ['two\nlines', '"two\nlines"'],
      [' blank', '" blank"'],
      ['/home/my-file@1+2=3', '/home/my-file@1+2=3'],
    ];
    for (const [text, cell] of rows) assert.equal(textCell(text), cell);
    assert.equal(csvRow(['a', '1']), 'a,1\r\n');
  });

  it('puts an apostrophe before what a spreadsheet would compute', () => {
    const rows: readonly (readonly [string, string])[] = [
      [`=cmd|' /C calc'!A0`, `'=cmd|' /C calc'!A0`],
      ['+1', "'+1"],
      ['-1', "'-1"],
      ['@SUM(1)', "'@SUM(1)"],
      ['＝1', "'＝1"],
      ['  =1', "'  =1"],
      ['\u200b=1', "'\u200b=1"],
      ['\tx', `"'\tx"`],
      ['\rx', `"'\rx"`],
      ['a;=1', `"a;'=1"`],
      ['a\n\n=1', `"a\n\n'=1"`],
      ['a\n"=1', `"a\n'""=1"`],
      ["'=1", "''=1"],
      ["'quoted'", "'quoted'"],
    ];
    for (const [text, cell] of rows) assert.equal(textCell(text), cell);
  });

  for (const [name, text] of hostileTexts) {
    it(`neither computes nor loses ${name}`, () => {
      const row = csvRow([textCell(text), '1']);
      const [cells] = parse(row, { recordDelimiter: '\r\n' });
      // The parser, as every reader of UTF-8, knows no halves of surrogate pairs.
      assert.equal(originalText(cells?.[0] ?? ''), text.toWellFormed());
      assert.equal(cells?.[1], '1');
      assert.equal(beginsFormula(textCell(text)), false);
    });
  }

  it('neither computes nor loses any text', () => {
    const random = new Random(testSeed());
    for (let round = 0; round < 5_000; round++) {
      const { summary, target } = randomRecord(random, round);
      for (const text of [summary, target]) {
        const cell = textCell(text);
        assert.equal(beginsFormula(cell), false, JSON.stringify(text));
        const [cells] = parse(csvRow([cell, '1']), { recordDelimiter: '\r\n' });
        assert.equal(originalText(cells?.[0] ?? ''), text.toWellFormed(), JSON.stringify(text));
      }
    }
  });

  it('takes no longer for long text made against it', () => {
    const startMs = performance.now();
    const parts = ["'", ' ', '\u200b', '\ufeff', '\u0085', ';', '; ', "\n'", '=', '";'];
    for (const part of parts) textCell(part.repeat(64 * 1024));
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 2_000, `${tookMs} ms`);
  });
});
