import assert from 'node:assert/strict';
import {
  engineReasonClause,
  type EngineSaying,
  engineText,
  problemFileText,
} from '../../../../src/shared/presentation/engineReasons';
import { engineReasons } from '../../../../src/shared/scan/record';

const engine = (rest: Omit<EngineSaying, 'name'>): string => engineText({ name: 'ClamAV', ...rest });

describe('what engines have to say', () => {
  it('names the engine, its version and what it found', () => {
    assert.equal(engine({ state: 'hit', version: '1.4.1' }), 'ClamAV 1.4.1 found something.');
    assert.equal(engine({ state: 'noHit' }), 'ClamAV found nothing.');
    assert.equal(engine({ state: 'noHit', detail: '12 rules' }), 'ClamAV found nothing (12 rules).');
    assert.equal(engine({ state: 'running' }), 'ClamAV has not answered yet.');
    assert.equal(
      engine({ state: 'notKnown', detail: 'asked by hash' }),
      'ClamAV has never seen it (asked by hash).',
    );
  });

  it('says why an engine was not asked, did not answer, or answered for a part', () => {
    assert.equal(
      engine({ state: 'notAsked', reason: 'notFound' }),
      'ClamAV was not asked, because it is not installed.',
    );
    assert.equal(
      engine({ state: 'failed', reason: 'unreachable', detail: 'ECONNREFUSED' }),
      'ClamAV gave no answer, because it could not be reached (ECONNREFUSED).',
    );
    assert.equal(
      engine({ state: 'failed', reason: 'failed', detail: 'Broken database.\n' }),
      'ClamAV gave no answer, because it failed (Broken database).',
    );
    assert.equal(
      engine({ state: 'partial', reason: 'partial', detail: 'the first 64 MB' }),
      'ClamAV found nothing in the part that it saw, because there are limits to how much is looked at (the first 64 MB).',
    );
  });

  it('gives no reason where none is known', () => {
    assert.equal(engine({ state: 'failed' }), 'ClamAV gave no answer.');
    assert.equal(engine({ state: 'failed', detail: ' ' }), 'ClamAV gave no answer.');
  });

  it('an engine that was not asked or failed never reads as one that found nothing', () => {
    for (const state of ['notAsked', 'notKnown', 'failed', 'running'] as const) {
      for (const reason of engineReasons) {
        assert.doesNotMatch(engine({ state, reason }), /found (nothing|something)|no threat|clean|safe/i);
      }
    }
  });

  it('each reason has its own words', () => {
    const clauses = engineReasons.map((reason) => engineReasonClause(reason));
    assert.equal(new Set(clauses).size, engineReasons.length);
  });

  it('says of each file that was not judged why', () => {
    assert.equal(
      problemFileText({ reason: 'unreadable', detail: 'EACCES' }),
      'It could not be read (EACCES).',
    );
    for (const reason of engineReasons) {
      assert.match(problemFileText({ reason }), /^[A-Z].*[a-z]\.$/);
      assert.doesNotMatch(problemFileText({ reason }), /found|clean|safe/i);
    }
  });
});
