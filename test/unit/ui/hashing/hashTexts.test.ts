import assert from 'node:assert/strict';
import { hashRefusals } from '../../../../src/shared/protocol/fileHashWorker';
import { allHashesText, refusalText, sizeText, taskTitle } from '../../../../src/ui/hashing/hashTexts';
import { english } from '../../support/translate';

describe('texts of hashes', () => {
  it('give small sizes in bytes, large ones in both', () => {
    const plain = (sizeBytes: number): string => sizeText(sizeBytes, english).replaceAll('\u202f', ' ');
    assert.equal(plain(0), '0 bytes');
    assert.equal(plain(1), '1 byte');
    assert.equal(plain(1_000_000), '1 000 000 bytes');
    assert.equal(plain(6 * 1024 ** 3), '6 GB (6 442 450 944 bytes)');
  });

  it('name one file, and count several', () => {
    assert.equal(taskTitle(['/a/b.bin'], english), 'Computing hashes of b.bin');
    assert.equal(taskTitle(['/a/b.bin', '/c'], english), 'Computing hashes of 2 files');
  });

  it('have a sentence of its own for each reason, with the file in it', () => {
    const sentences = hashRefusals.map((reason) => refusalText('/a/b.bin', reason, 'EIO', english));
    assert.equal(new Set(sentences).size, hashRefusals.length);
    for (const sentence of sentences) assert.match(sentence, /b\.bin.*\.$/);
  });

  it('name a file as it is seen, whatever its name tries', () => {
    const sentence = refusalText('/a/b\n$(alert)\u202etxt.exe', 'changed', undefined, english);
    assert.ok(!/[\n\u202e]|\$\(/.test(sentence), sentence);
  });

  it('are copied as lines that other tools read', () => {
    const hashes = { md5: 'aa', sha1: 'bb', sha256: 'cc' };
    const text = allHashesText([
      { path: '/a/one', result: { status: 'hashed', sizeBytes: 1, hashes } },
      { path: '/a/two', result: { status: 'refused', reason: 'changed' } },
    ]);
    assert.equal(text, 'SHA-256 (one) = cc\nSHA-1 (one) = bb\nMD5 (one) = aa\n');
  });
});
