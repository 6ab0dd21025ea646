import assert from 'node:assert/strict';
import { findUrls, urlAt } from '../../../src/shared/url/findUrls';
import { isWholeUrl, mostTyped, typedUrls } from '../../../src/shared/url/typedUrl';

describe('Links that somebody typed', () => {
  const one = (url: string) => ({ type: 'urls', urls: [url] });
  const rows: readonly (readonly [string, unknown])[] = [
    ['', { type: 'empty' }],
    ['  \n', { type: 'empty' }],
    ['https://example.com/a', one('https://example.com/a')],
    ['  https://example.com/a\n', one('https://example.com/a')],
    ['<https://example.com/a>', one('https://example.com/a')],
    ['"https://example.com/a"', one('https://example.com/a')],
    ['example.com', one('https://example.com')],
    ['example.com/path?x=1', one('https://example.com/path?x=1')],
    ['localhost:3000', one('http://localhost:3000')],
    ['localhost/x', one('https://localhost/x')],
    ['example.com:8443/x', one('http://example.com:8443/x')],
    ['127.0.0.1', one('https://127.0.0.1')],
    ['[::1]:8080/x', one('http://[::1]:8080/x')],
    ['münchen.de', one('https://münchen.de')],
    ['javascript:alert(1)', one('javascript:alert(1)')],
    ['data:text/html,x', one('data:text/html,x')],
    ['hxxps://evil[.]example/x', one('https://evil.example/x')],
    ['hxxp[://]evil[dot]example', one('http://evil.example')],
    [
      'https://a.example/ https://b.example/',
      { type: 'urls', urls: ['https://a.example/', 'https://b.example/'] },
    ],
    ['https://a.example/with blank', one('https://a.example/with blank')],
    ['hello', { type: 'notAUrl', what: 'hello' }],
    ['C:\\Users\\me\\setup.exe', { type: 'notAUrl', what: 'C:\\Users\\me\\setup.exe' }],
    ['d:/x', { type: 'notAUrl', what: 'd:/x' }],
    ['what is this?', { type: 'notAUrl', what: 'what is this?' }],
    ['https://', { type: 'notAUrl', what: 'https://' }],
    ['https://a.example/ https://', { type: 'notAUrl', what: 'https://' }],
    [
      Array.from({ length: mostTyped + 1 }, (_, index) => `https://a.example/${index}`).join(' '),
      { type: 'tooMany' },
    ],
  ];
  for (const [text, expected] of rows) {
    it(JSON.stringify(text.slice(0, 60)), () => {
      assert.deepEqual(typedUrls(text), expected);
    });
  }

  it('come from the clipboard only where it is a link and nothing else', () => {
    assert.ok(isWholeUrl(' https://example.com/x\n'));
    for (const text of ['example.com', 'see https://example.com', 'javascript:alert(1)', 'https://a b', '']) {
      assert.ok(!isWholeUrl(text), text);
    }
  });
});

describe('Links in a text', () => {
  const found = (text: string): string[] => findUrls(text).map((url) => url.text);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    [
      'See https://example.com/a, and https://example.com/b.',
      ['https://example.com/a', 'https://example.com/b'],
    ],
    ['[text](https://example.com/a_(b)) more', ['https://example.com/a_(b)']],
    ['(https://example.com/a)', ['https://example.com/a']],
    ['<a href="https://example.com/?a=1&amp;b=2">x</a>', ['https://example.com/?a=1&amp;b=2']],
    ["fetch('https://example.com/x')", ['https://example.com/x']],
    ['`https://example.com/x`', ['https://example.com/x']],
    ['{"url":"https://example.com/x"}', ['https://example.com/x']],
    ['**https://example.com/x**', ['https://example.com/x']],
    ['git+https://example.com/x.git', []],
    ['https://${host}/x and https://{{host}}/y and http://%s/z', []],
    ['https://example.com/${path}', ['https://example.com/${path}']],
    ['https://${user}:${word}@evil.example/x', ['https://${user}:${word}@evil.example/x']],
    ['https://$google.com@evil.example/', ['https://$google.com@evil.example/']],
    ['https://%d0%b0pple.com/ and http://%d.example/', ['https://%d0%b0pple.com/']],
    ['"ms-msdt:/id PCWDiagnostic" search-ms:query=x vbscript: no', ['ms-msdt:/id', 'search-ms:query=x']],
    ['https://user:pass@example.com:80/x', ['https://user:pass@example.com:80/x']],
    ['https://google.com@evil.tk/', ['https://google.com@evil.tk/']],
    ['https:\\\\evil.tk\\x', ['https:\\\\evil.tk\\x']],
    [
      'wss://example.com ftp://example.com file:///etc/hosts',
      ['wss://example.com', 'ftp://example.com', 'file:///etc/hosts'],
    ],
    ['<a href="javascript:alert(1)">', ['javascript:alert(1)']],
    ['language: javascript: yes', []],
    ['https://аррӏе.com/ и', ['https://аррӏе.com/']],
    ['見る：https://example.jp/東京。次', ['https://example.jp/東京']],
    ['https:// http://', []],
    ['HTTPS://EXAMPLE.COM', ['HTTPS://EXAMPLE.COM']],
    ['https://a.example/x;https://b.example/y', ['https://a.example/x;https://b.example/y']],
  ];
  for (const [text, expected] of rows) {
    it(JSON.stringify(text), () => {
      assert.deepEqual(found(text), expected);
    });
  }

  it('are found at a place', () => {
    const text = 'See https://example.com/a.';
    assert.equal(urlAt(text, 4)?.text, 'https://example.com/a');
    assert.equal(urlAt(text, 25)?.text, 'https://example.com/a');
    assert.equal(urlAt(text, 3), undefined);
    assert.equal(urlAt(text, 26), undefined);
  });
});
