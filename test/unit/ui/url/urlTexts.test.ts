import assert from 'node:assert/strict';
import { urlScanTitle } from '../../../../src/ui/url/urlTexts';

describe('The title of a scan of links', () => {
  const t = (text: string, ...values: unknown[]) =>
    text.replace(/\{(\d)\}/g, (_gap, index: string) => String(values[Number(index)]));
  const table: readonly [string, string][] = [
    ['https://example.com/a/b', 'Scanning https://example.com/a/b'],
    ['https://user:word@example.com/a', 'Scanning https://…@example.com/a'],
    ['https://ghp_abcdef@github.com/a.git', 'Scanning https://…@github.com/a.git'],
    ['https://google.com:x@evil.tk/', 'Scanning https://…@evil.tk/'],
    ['https://a.example/@user/post', 'Scanning https://a.example/@user/post'],
    ['https://files.example/x?X-Amz-Signature=abc#d', 'Scanning https://files.example/x?…'],
    ['https://app.example/#access_token=abc', 'Scanning https://app.example/#…'],
    ['postgres://me:word@db.example:5432/app', 'Scanning postgres://…@db.example:5432/app'],
  ];
  for (const [link, title] of table) {
    it(`tells no secret of ${link}`, () => {
      assert.equal(urlScanTitle([link], t), title);
    });
  }

  it('counts several', () => {
    assert.equal(urlScanTitle(['https://a.example', 'https://b.example'], t), 'Scanning 2 links');
  });
});
