import assert from 'node:assert/strict';
import { ClamdReplies, parseOutcome, parseVersion } from '../../../../src/services/scan/clamav/clamdReplies';
import { Random, testSeed } from '../../support/random';

const refused = { code: 'clamav.badReply' };

describe('replies of clamd', () => {
  const seed = testSeed();

  it('are put together, however they are cut', () => {
    const random = new Random(seed);
    const bytes = Buffer.from('1: ClamAV 1.4.3/27800/Fri Nov 27 08:00:00 2026\x002: stream: Bäd FOUND\x00');
    for (let round = 0; round < 200; round++) {
      const replies = new ClamdReplies();
      for (let at = 0; at < bytes.length;) {
        const length = 1 + random.below(bytes.length);
        replies.add(bytes.subarray(at, at + length));
        at += length;
      }
      assert.equal(replies.get(2)?.text, 'stream: Bäd FOUND', `seed ${seed}`);
      assert.deepEqual([replies.count, replies.hasRest], [2, false]);
    }
  });

  it('come in any order, and are told apart by their numbers', () => {
    const replies = new ClamdReplies();
    replies.add(Buffer.from('2: stream: OK\x001: ClamAV 1.4.3\x00'));
    assert.deepEqual([replies.get(1)?.text, replies.get(2)?.text], ['ClamAV 1.4.3', 'stream: OK']);
  });

  it('are not complete before their end', () => {
    const replies = new ClamdReplies();
    replies.add(Buffer.from('2: stream: OK'));
    assert.deepEqual([replies.get(2), replies.hasRest], [undefined, true]);
  });

  for (const [what, text] of [
    ['a reply without a number', 'stream: OK\0'],
    ['the same question answered twice', '2: stream: OK\x002: stream: Bad FOUND\0'],
    ['an endless reply', 'x'.repeat(20_000)],
    ['endlessly many replies', Array.from({ length: 9_000 }, (_, index) => `${index}: \0`).join('')],
  ] as const) {
    it(`are refused: ${what}`, () => {
      assert.throws(() => {
        new ClamdReplies().add(Buffer.from(text));
      }, refused);
    });
  }

  it('tell who answers, and how old its database is', () => {
    assert.deepEqual(parseVersion('ClamAV 1.4.3/27800/Fri Nov 27 08:00:00 2026'), {
      version: '1.4.3',
      database: { version: '27800', updatedAt: new Date(2026, 10, 27, 8).getTime() },
    });
    assert.deepEqual(parseVersion('ClamAV 0.103.12\n'), { version: '0.103.12' });
    assert.deepEqual(parseVersion('ClamAV 1.5.0-rc/1/nonsense'), {
      version: '1.5.0-rc',
      database: { version: '1' },
    });
    for (const text of ['', 'ClamAV', 'ClamAV a/b/c', 'UNKNOWN COMMAND', `ClamAV ${'1'.repeat(100)}`]) {
      assert.throws(() => parseVersion(text), refused, text);
    }
  });

  it('tell what was found, and only a plain OK is one', () => {
    assert.deepEqual(parseOutcome('stream: OK'), { type: 'clean' });
    assert.deepEqual(parseOutcome('stream: Win.Test.EICAR_HDB-1 FOUND'), {
      type: 'found',
      signature: 'Win.Test.EICAR_HDB-1',
    });
    assert.deepEqual(parseOutcome('stream: OK FOUND'), { type: 'found', signature: 'OK' });
    assert.deepEqual(parseOutcome('INSTREAM size limit exceeded. ERROR'), { type: 'tooLarge' });
    assert.deepEqual(parseOutcome("stream: Can't allocate memory ERROR"), {
      type: 'error',
      message: "Can't allocate memory",
    });
    for (const text of ['', 'OK', 'stream: ok', 'stream: OK ', 'stream:  FOUND', 'stream: OK\nx', 'PONG']) {
      assert.throws(() => parseOutcome(text), refused, JSON.stringify(text));
    }
  });
});
