import assert from 'node:assert/strict';
import { Redactor } from '../../../src/services/logging/redactor';

describe('Redactor', () => {
  it('leaves text alone while nothing is registered', () => {
    assert.equal(new Redactor().redact('key=0123456789'), 'key=0123456789');
  });

  it('takes out every occurrence', () => {
    const redactor = new Redactor();
    redactor.register('s3cr3t-key');
    assert.equal(redactor.redact('a s3cr3t-key, b s3cr3t-key'), 'a ‹redacted›, b ‹redacted›');
    assert.equal(redactor.redact('s3cr3t-key'), '‹redacted›');
  });

  it('takes the secret literally', () => {
    const redactor = new Redactor();
    redactor.register('a.b*$&');
    assert.equal(redactor.redact('a.b*$& aXb*$&'), '‹redacted› aXb*$&');
  });

  it('knows the forms in URLs and JSON', () => {
    const redactor = new Redactor();
    const secret = 'p"ss wörd/+';
    redactor.register(secret);
    for (const form of [encodeURIComponent(secret), encodeURI(secret), JSON.stringify({ k: secret })]) {
      const text = redactor.redact(`https://x/?key=${form}`);
      assert.ok(text.includes('‹redacted›'), text);
      assert.ok(!/ss.{1,3}w/u.test(text), text);
    }
  });

  it('leaves no tail of secrets that begin alike, overlap or touch', () => {
    const redactor = new Redactor();
    for (const secret of ['abcd', 'abcdef', 'defgh']) redactor.register(secret);
    assert.equal(redactor.redact('[abcdefgh]'), '[‹redacted›]');
    assert.equal(redactor.redact('[abcdabcd]'), '[‹redacted›‹redacted›]');
  });

  it('leaves no tail of a secret that contains another', () => {
    const redactor = new Redactor();
    for (const secret of ['bcde', 'abcdefgh']) redactor.register(secret);
    assert.equal(redactor.redact('[abcdefgh]'), '[‹redacted›]');
  });

  it('takes out secrets in any order', () => {
    const redactor = new Redactor();
    for (const secret of ['zzzz', 'aaaa']) redactor.register(secret);
    assert.equal(redactor.redact('aaaa, zzzz, aaaa.'), '‹redacted›, ‹redacted›, ‹redacted›.');
  });

  it('handles a secret that overlaps itself', () => {
    const redactor = new Redactor();
    redactor.register('aaaa');
    assert.equal(redactor.redact('-aaaaaa-'), '-‹redacted›-');
  });

  it('ignores values below four characters', () => {
    const redactor = new Redactor();
    redactor.register('');
    redactor.register('abc');
    assert.equal(redactor.redact('abcd'), 'abcd');
    redactor.register('abcd');
    assert.equal(redactor.redact('abcd'), '‹redacted›');
  });

  it('forgets a secret when its last owner gives it up', () => {
    const redactor = new Redactor();
    const first = redactor.register('s3cr3t');
    const second = redactor.register('s3cr3t');
    first.dispose();
    first.dispose();
    assert.equal(redactor.redact('s3cr3t'), '‹redacted›');
    second.dispose();
    assert.equal(redactor.redact('s3cr3t'), 's3cr3t');
  });

  it('accepts a secret that is not well-formed text', () => {
    const redactor = new Redactor();
    redactor.register('key\ud800key');
    assert.equal(redactor.redact('a key\ud800key'), 'a ‹redacted›');
  });
});
