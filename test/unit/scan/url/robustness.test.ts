import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { analyseUrl } from '../../../../src/services/scan/url/analysis/analyseUrl';
import { findUrls } from '../../../../src/shared/url/findUrls';
import { longestUrl, urlAnalysisSchema } from '../../../../src/shared/url/urlAnalysis';
import { Random, testSeed } from '../../support/random';

const pieces = [
  ...['http', 'https', 'ftp', 'file', 'ws', 'data', 'javascript', 'blob', 'mailto', 'ms-msdt', 'x'],
  ...[
    '://',
    ':',
    ':/',
    ':///',
    ':\\\\',
    '//',
    '/',
    '\\',
    '?',
    '#',
    '@',
    '&',
    '=',
    ';',
    ',',
    '.',
    '..',
    '-',
    '_',
  ],
  ...[
    '%',
    '%2f',
    '%40',
    '%00',
    '%E2%80%AE',
    '%zz',
    '%25',
    '\t',
    '\n',
    '\r',
    ' ',
    '\0',
    '\u00ad',
    '\u202e',
    '\ufeff',
  ],
  ...[
    'www',
    'google',
    'paypal',
    'evil',
    'com',
    'tk',
    'co.uk',
    'github.io',
    'xn--',
    'xn--80ak6aa92e',
    'login',
  ],
  ...[
    '1',
    '0x7f',
    '0177',
    '127.0.0.1',
    '4294967295',
    '[::1]',
    '[::ffff:1.2.3.4]',
    '[',
    ']',
    '::',
    ':80',
    ':99999',
  ],
  ...['аррӏе', 'pаypal', 'ﬀ', '𝐞', 'ｅ', '。', 'ß', '東京', 'م', '😀', '\ud800', '\udc00', '́', '‌', '‍'],
  ...[
    'url=',
    'redirect=',
    'u=',
    'aHR0cHM6Ly9ldmlsLnRrLw==',
    '.exe',
    '.pdf.exe',
    'text/html,',
    ';base64,',
    '<script>',
  ],
];

function randomText(random: Random): string {
  const count = 1 + random.below(14);
  let text = random.chance(0.7) ? random.pick(['https://', 'http://', 'https:', 'data:', 'javascript:']) : '';
  for (let index = 0; index < count; index++) {
    text += random.chance(0.9) ? random.pick(pieces) : String.fromCharCode(random.below(0x10000));
  }
  return text;
}

const rounds = 100_000;

describe('The analyser and any text', () => {
  const seed = testSeed();

  for (let chunk = 0; chunk < 10; chunk++) {
    it(`answers for a hundred thousand random strings (${chunk + 1} of 10)`, function () {
      this.timeout(60_000);
      const random = new Random(seed + chunk);
      let urls = 0;
      let slowestMs = 0;
      for (let round = 0; round < rounds; round++) {
        const text = randomText(random);
        const startedMs = performance.now();
        const analysis = analyseUrl(text);
        slowestMs = Math.max(slowestMs, performance.now() - startedMs);
        if (analysis.status !== 'analysed') {
          assert.ok(!URL.canParse(text), JSON.stringify(text));
          continue;
        }
        urls += 1;
        const { score, normalized = '' } = analysis.details;
        assert.ok(score >= 0 && score <= 100, JSON.stringify(text));
        assert.equal(normalized, new URL(text).href);
        // It crosses a thread: now and then it is looked at in whole.
        if (round % 100 === 0) v.parse(urlAnalysisSchema, analysis);
      }
      assert.ok(urls > rounds / 10, `only ${urls} were links`);
      assert.ok(slowestMs < 1_000, `one took ${slowestMs} ms`);
    });
  }

  it('takes no longer than its length for what was made to be slow', () => {
    // What a hostile file holds by the thousand: each must be a matter of milliseconds.
    const long = longestUrl - 200;
    const texts = [
      `https://${'a.'.repeat(long / 2)}com/`,
      `https://${'a'.repeat(long)}@evil.tk/`,
      `https://${'google.com.'.repeat(long / 11)}@evil.tk/`,
      `https://evil.tk/${'.pdf'.repeat(long / 4)}`,
      `https://evil.tk/${'.pdf____'.repeat(long / 8)}`,
      `https://evil.tk/x.pdf${'%20'.repeat(long / 3)}`,
      `https://evil.tk/?${'url=https://a.b/&'.repeat(long / 17)}`,
      `https://evil.tk/?url=${'%25'.repeat(long / 3)}`,
      `https://evil.tk/${'https://'.repeat(long / 8)}`,
      `https://evil.tk/${'@'.repeat(long)}`,
      `https://${'-'.repeat(long)}`,
      `https://${'a'.repeat(long)}.com/`,
      `https://${'a-'.repeat(long / 2)}a.com/`,
      `https://${'login-'.repeat(long / 6)}a.com/`,
      `data:text/html;base64,${'A'.repeat(long)}`,
      `data:${';'.repeat(long)}`,
      `javascript:${'void('.repeat(long / 5)}`,
      `javascript:${'return '.repeat(long / 7)}`,
      '\t'.repeat(long),
      `https://evil.tk/${'\n'.repeat(long)}x`,
    ];
    for (const text of texts) {
      const startedMs = performance.now();
      analyseUrl(text);
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs < 500, `${text.slice(0, 40)}… took ${tookMs} ms`);
    }
    assert.deepEqual(analyseUrl(`https://a.b/${'x'.repeat(longestUrl)}`), { status: 'tooLong' });
  });

  it('finds links in any text without losing itself', () => {
    const random = new Random(seed);
    for (let round = 0; round < 5_000; round++) {
      const text = Array.from({ length: 10 }, () => randomText(random)).join(
        random.pick([' ', '\n', '(', '">']),
      );
      for (const { text: found, start, end } of findUrls(text)) {
        assert.equal(text.slice(start, end), found);
        assert.ok(URL.canParse(found));
      }
    }
    const startedMs = performance.now();
    findUrls('https://('.repeat(50_000));
    findUrls(`https://a${')'.repeat(500_000)}`);
    findUrls(`https://${'.'.repeat(500_000)}`);
    assert.ok(performance.now() - startedMs < 2_000);
  });
});

const hostCases = v.array(
  v.union([
    v.string(),
    v.object({
      comment: v.optional(v.string()),
      input: v.string(),
      base: v.optional(v.nullable(v.string())),
      host: v.string(),
    }),
    v.object({
      comment: v.optional(v.string()),
      input: v.string(),
      base: v.optional(v.nullable(v.string())),
      failure: v.literal(true),
    }),
  ]),
);

describe('Hosts in the form of the tests of the URL standard', () => {
  const cases = v.parse(hostCases, JSON.parse(readFileSync('test/fixtures/urls/hosts.json', 'utf8')));

  for (const row of cases) {
    // Text between rows is a heading.
    if (typeof row === 'string') continue;
    it(JSON.stringify(row.input), () => {
      const analysis = analyseUrl(row.input);
      if ('failure' in row) assert.deepEqual(analysis, { status: 'notAUrl' });
      else if (analysis.status !== 'analysed') assert.fail('it is no link');
      else {
        assert.equal(new URL(row.input).hostname, row.host);
        assert.equal(analysis.details.host ?? '', row.host.replace(/\.$/, ''));
        v.parse(urlAnalysisSchema, analysis);
      }
    });
  }
});
