import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { reportMarkdown } from '../../../../src/shared/presentation/reportMarkdown';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import {
  failedFile,
  hostileRecord,
  largeFolder,
  maliciousFile,
  networkScan,
  quietFile,
  runningFile,
  suspiciousArchive,
  suspiciousLink,
  unknownFile,
} from '../../support/reportRecords';

/** As lenient as readers of Markdown come: with HTML, links of bare addresses and tables. */
const markdown = new MarkdownIt({ html: true, linkify: true });

type Token = ReturnType<typeof markdown.parse>[number];

function tokensOf(text: string): Token[] {
  return markdown.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
}

/** What a reader sees. */
function readText(text: string): string {
  return tokensOf(text)
    .flatMap(({ type, content, children }) => (children === null && type !== 'inline' ? [content] : []))
    .join('');
}

function linksOf(text: string): unknown[] {
  return tokensOf(text).flatMap((token) => (token.type === 'link_open' ? [token.attrGet('href')] : []));
}

const records: Readonly<Record<string, ScanRecord>> = {
  malicious: maliciousFile(),
  archive: suspiciousArchive(),
  quiet: quietFile(),
  failed: failedFile(),
  unknown: unknownFile(),
  folder: largeFolder(),
  link: suspiciousLink(),
  network: networkScan(),
  running: runningFile(),
  hostile: hostileRecord(),
};

describe('a report as Markdown', () => {
  for (const [name, record] of Object.entries(records)) {
    it(`${name}: has its headings and its table, and no markup from outside`, () => {
      const text = reportMarkdown(record);
      const tokens = tokensOf(text);
      const headings = tokens.filter(({ type }) => type === 'heading_open').length;
      assert.ok(headings >= 3 && headings <= 5, `${headings} headings`);
      assert.equal(tokens.filter(({ type }) => type === 'table_open').length, 1);
      assert.equal(tokens.filter(({ type }) => type === 'th_open').length, 3);
      const rows = tokens.filter(({ type }) => type === 'tr_open').length;
      assert.equal(rows, record.engines.length + 1);
      assert.equal(tokens.filter(({ type }) => type === 'td_open').length, record.engines.length * 3);
      assert.deepEqual(
        tokens.filter(({ type }) => /^html|image|fence|code_block|hr/.test(type)).map(({ type }) => type),
        [],
      );
      assert.ok(text.length < 200_000, `${text.length} characters`);
    });
  }

  it('links nothing but references that may be opened', () => {
    assert.deepEqual(linksOf(reportMarkdown(records['malicious']!)), [
      'https://docs.npmjs.com/cli/using-npm/scripts#life-cycle-scripts',
    ]);
    assert.deepEqual(linksOf(reportMarkdown(records['hostile']!)), []);
  });

  it('keeps text from outside readable, and shows what would not be seen', () => {
    const shown = readText(reportMarkdown(records['hostile']!));
    assert.ok(shown.includes('/tmp/invoice[U+202E]fdp.exe[U+000A]<img src=x onerror=alert(1)>'));
    assert.doesNotMatch(shown, /[\u202a-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/u);
    assert.equal(shown.isWellFormed(), true);
  });

  it('makes nothing of whatever signs a title begins with or holds', () => {
    const titles = [
      '# heading',
      '- item',
      '1. item',
      '2) item',
      '> quote',
      '=====',
      '-----',
      '+ item',
      '| a | b |',
      '~~~',
      '```js',
      '[x](https://evil.example)',
      '![x](https://evil.example/a.png)',
      '<https://evil.example>',
      'https://evil.example/ www.evil.example',
      '*a* _b_ **c** ~~d~~ `e`',
      '&lt;b&gt; <b>',
      'a\\',
      'a\\*b',
      '[x]: https://evil.example',
    ];
    for (const text of titles) {
      const record = maliciousFile({
        summary: text,
        findings: [
          {
            engine: text,
            rule: text,
            title: text,
            description: text,
            severity: 'low',
            weight: 'suspicious',
            tags: [text],
            path: text,
          },
        ],
      });
      const report = reportMarkdown(record);
      assert.deepEqual(linksOf(report), [], text);
      const strange = tokensOf(report).filter(({ type }) =>
        /^(html|image|fence|code_block|hr|blockquote|ordered|em_|s_)/.test(type),
      );
      assert.deepEqual(
        strange.map(({ type }) => type),
        [],
        text,
      );
      const occurrences = readText(report).split(text).length - 1;
      assert.ok(occurrences >= 6, `${text} stands ${occurrences} times in ${readText(report)}`);
    }
  });

  it('counts what it leaves out', () => {
    const text = reportMarkdown(largeFolder(1_000));
    assert.match(text, /and 314 more/);
    assert.match(text, /… and 212 more findings\./);
    assert.match(text, /31\u202f004/);
  });

  it('says where the record was made, in every time zone the same', () => {
    assert.match(reportMarkdown(maliciousFile()), /Started: 2026-03-14T09:26:53\.000Z/);
    assert.match(reportMarkdown(maliciousFile({ startedAt: 1e300 })), /Started: –/);
  });
});
