import assert from 'node:assert/strict';
import {
  fileUri,
  fileUriIn,
  memberUri,
  webUri,
} from '../../../../src/services/history/export/sarif/sarifUri';
import { hostileTexts } from './support/sampleRecords';

/** RFC 3986: nothing but these characters, and percent signs before two digits. */
const uri = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;

describe('addresses in SARIF', () => {
  it('of paths', () => {
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['/a/b c.txt', 'file:///a/b%20c.txt'],
      ['/', 'file:///'],
      ['//a///b/./c/', 'file:///a/b/c'],
      ['/50%#?.txt', 'file:///50%25%23%3F.txt'],
      ['/ä', 'file:///%C3%A4'],
      ['/a\nb', 'file:///a%0Ab'],
      ['/\ud800', 'file:///%EF%BF%BD'],
      ['/a\\b', 'file:///a%5Cb'],
      ['/a/../b', undefined],
      ['C:\\a\\..', undefined],
      [`/${'a'.repeat(70_000)}`, undefined],
      ['C:\\Users\\x y\\a.exe', 'file:///C:/Users/x%20y/a.exe'],
      ['c:/a', 'file:///c:/a'],
      ['C:', 'file:///C:/'],
      ['\\\\server\\share\\a', 'file://server/share/a'],
      ['\\\\?\\C:\\a', 'file:///C:/a'],
      ['\\\\?\\UNC\\server\\share\\a', 'file://server/share/a'],
      ['\\\\', undefined],
      ['relative/path', undefined],
      ['', undefined],
    ];
    for (const [path, expected] of rows) assert.equal(fileUri(path), expected, path);
    assert.equal(fileUriIn('/folder', 'sub/a b'), 'file:///folder/sub/a%20b');
    assert.equal(fileUriIn('/folder', '/elsewhere'), 'file:///elsewhere');
  });

  it('of members of archives, none of which leads out', () => {
    assert.equal(memberUri('docs/a b.txt'), '/docs/a%20b.txt');
    assert.equal(memberUri('folder/'), '/folder');
    assert.equal(memberUri('../../etc/passwd'), '/..%2F..%2Fetc%2Fpasswd');
    assert.equal(memberUri('/etc/passwd'), '/%2Fetc%2Fpasswd');
    assert.equal(memberUri('C:\\a'), '/C%3A%5Ca');
  });

  it('of the web', () => {
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['https://example.org/a b?x=[1]|{2}#a#b', 'https://example.org/a%20b?x=%5B1%5D%7C%7B2%7D#a%23b'],
      ['http://[::1]:8080/', 'http://[::1]:8080/'],
      ['https://u:p%@EXAMPLE.org', 'https://u:p%25@example.org/'],
      ['https://bücher.example/ä', 'https://xn--bcher-kva.example/%C3%A4'],
      ['javascript:alert("1")', 'javascript:alert(%221%22)'],
      ['https://example.org/#', 'https://example.org/'],
      ['example.org', undefined],
    ];
    for (const [address, expected] of rows) assert.equal(webUri(address), expected, address);
  });

  for (const [name, text] of hostileTexts) {
    it(`are valid with ${name} in them`, () => {
      const short = text.slice(0, 1_000).replaceAll('..', '.');
      assert.match(fileUri(`/${short}`) ?? '', uri);
      assert.match(memberUri(short) ?? '', uri);
      assert.match(webUri(`https://example.org/${short}`) ?? '', uri);
    });
  }
});
