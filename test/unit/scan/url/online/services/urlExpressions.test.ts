import assert from 'node:assert/strict';
import { urlExpressions } from '../../../../../../src/services/scan/url/online/services/safeBrowsing/urlExpressions';
import { Random, testSeed } from '../../../../support/random';

/** The link as a whole, as its first hash is made of it. */
const whole = (url: string): string | undefined => urlExpressions(new URL(url).href)[0];

describe('what Safe Browsing lists of a link', () => {
  const canonical: readonly (readonly [url: string, whole: string])[] = [
    ['http://shop.example', 'shop.example/'],
    ['https://Shop.EXAMPLE:8443/A/b?C=d#e', 'shop.example/A/b?C=d'],
    ['http://me:secret@shop.example/', 'shop.example/'],
    ['http://shop.example/?', 'shop.example/'],
    ['http://shop.example/a\tb\r\nc', 'shop.example/abc'],
    ['http://bücher.example/', 'xn--bcher-kva.example/'],
    ['http://shop.example./', 'shop.example/'],
    ['http://shop..example/', 'shop.example/'],
    ['http://3279880203/blah', '195.127.0.11/blah'],
    ['http://0x7f.1/', '127.0.0.1/'],
    ['http://[2001:db8:0:0::1]/', '[2001:db8::1]/'],
    ['http://shop.example/a/../b', 'shop.example/b'],
    ['http://shop.example/a/./b', 'shop.example/a/b'],
    ['http://shop.example/a/b/..', 'shop.example/a/'],
    ['http://shop.example/../../a', 'shop.example/a'],
    ['http://shop.example/%2e%2e/a/%2E/b', 'shop.example/a/b'],
    ['http://shop.example//twice//', 'shop.example/twice/'],
    ['http://shop.example/?a=//b/../c', 'shop.example/?a=//b/../c'],
    ['http://shop.example/%25%32%35', 'shop.example/%25'],
    ['http://shop.example/%25%32%35%25%32%35', 'shop.example/%25%25'],
    ['http://shop.example/%2525252525252525', 'shop.example/%25'],
    ['http://shop.example/asdf%25%32%35asd', 'shop.example/asdf%25asd'],
    ['http://shop.example/%%%25%32%35asd%%', 'shop.example/%25%25%25asd%25%25'],
    ['http://shop.example/%41%62', 'shop.example/Ab'],
    ['http://shop.example/a b%09%0a', 'shop.example/a%20b%09%0A'],
    ['http://shop.example/%C3%B6', 'shop.example/%C3%B6'],
    ['http://shop.example/ö', 'shop.example/%C3%B6'],
    ['http://shop.example/%01%80', 'shop.example/%01%80'],
    ['http://shop.example/a%23b', 'shop.example/a%23b'],
    ['http://shop.example/a;b=1', 'shop.example/a;b=1'],
    ['http://shop.example/?q=%71%23%25', 'shop.example/?q=q%23%25'],
  ];
  for (const [url, expected] of canonical) {
    it(`${JSON.stringify(url)} is ${expected}`, () => {
      assert.equal(whole(url), expected);
    });
  }

  it('are hosts and folders, from the link to the domain', () => {
    assert.deepEqual(urlExpressions('http://a.b.com/1/2.html?param=1', 'b.com'), [
      'a.b.com/1/2.html?param=1',
      'a.b.com/1/2.html',
      'a.b.com/',
      'a.b.com/1/',
      'b.com/1/2.html?param=1',
      'b.com/1/2.html',
      'b.com/',
      'b.com/1/',
    ]);
  });

  it('are four folders and five hosts at most', () => {
    const parts = urlExpressions('http://a.b.c.d.e.f.com/1/2/3/4/5/6?q', 'f.com');
    assert.equal(parts.length, 30);
    assert.deepEqual(
      [...new Set(parts.map((part) => part.slice(0, part.indexOf('/'))))],
      ['a.b.c.d.e.f.com', 'f.com', 'e.f.com', 'd.e.f.com', 'c.d.e.f.com'],
    );
    assert.deepEqual(
      parts.slice(0, 6).map((part) => part.slice('a.b.c.d.e.f.com'.length)),
      ['/1/2/3/4/5/6?q', '/1/2/3/4/5/6', '/', '/1/', '/1/2/', '/1/2/3/'],
    );
  });

  it('begin at the registrable domain, where it is known', () => {
    const hosts = (domain?: string) =>
      urlExpressions('http://a.shop.co.example/', domain).map((part) => part.slice(0, -1));
    assert.deepEqual(hosts('shop.co.example'), ['a.shop.co.example', 'shop.co.example']);
    assert.deepEqual(hosts(), ['a.shop.co.example', 'co.example', 'shop.co.example']);
    assert.deepEqual(hosts('elsewhere.example'), hosts());
  });

  it('are of addresses the addresses alone', () => {
    assert.deepEqual(urlExpressions('http://1.2.3.4/a/'), ['1.2.3.4/a/', '1.2.3.4/']);
    assert.deepEqual(urlExpressions('http://[2001:db8::1]/'), ['[2001:db8::1]/']);
    assert.deepEqual(urlExpressions('http://localhost/'), ['localhost/']);
  });

  it('are printable, few and settled, whatever the link', function () {
    this.timeout(30_000);
    const random = new Random(testSeed());
    const pieces = [
      '%',
      '25',
      '%2e',
      '.',
      '/',
      '..',
      '%2F',
      'a',
      'ö',
      '?',
      '#',
      '&',
      '%zz',
      '\u{1f600}',
      ' ',
      '\\',
    ];
    for (let count = 0; count < 5_000; count++) {
      const tail = Array.from({ length: random.below(20) }, () => random.pick(pieces)).join('');
      const url = new URL(`http://a.shop.example/${tail}`).href;
      const parts = urlExpressions(url, 'shop.example');
      assert.ok(parts.length >= 2 && parts.length <= 30, url);
      assert.equal(new Set(parts).size, parts.length, url);
      for (const part of parts) assert.match(part, /^(a\.)?shop\.example\/[\x21-\x7e]*$/, url);
      const [first = ''] = parts;
      assert.equal(urlExpressions(`http://${first}`, 'shop.example')[0], first, url);
    }
  });

  it('are found in no time, also where escapes hold escapes that hold escapes', function () {
    this.timeout(10_000);
    assert.equal(whole(`http://shop.example/%${'25'.repeat(200_000)}41`), 'shop.example/A');
    const signs = whole(`http://shop.example/${'%25'.repeat(20_000)}41`);
    assert.equal(signs, `shop.example/${'%25'.repeat(19_999)}A`);
  });
});
