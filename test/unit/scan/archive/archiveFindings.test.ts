import assert from 'node:assert/strict';
import * as v from 'valibot';
import { archiveProblems } from '../../../../src/services/scan/archive/archive';
import {
  type ArchiveProblemEvent,
  ArchiveProblems,
} from '../../../../src/services/scan/archive/archiveFindings';
import { findingSchema } from '../../../../src/shared/scan/record';

function gathered(...events: Omit<ArchiveProblemEvent, 'type'>[]): ArchiveProblems {
  const problems = new ArchiveProblems();
  for (const event of events) problems.add({ type: 'problem', ...event });
  return problems;
}

const tebibyte = 1024 ** 4;

describe('what is wrong with an archive', () => {
  it('has plain words and a weight for each kind of problem', () => {
    const texts = new Set<string>();
    for (const problem of archiveProblems) {
      const problems = gathered({ problem, members: ['a.zip', 'b'] });
      const [finding] = problems.findings();
      v.parse(findingSchema, finding);
      assert.deepEqual(
        [finding?.engine, finding?.rule, finding?.members],
        ['archive', problem, ['a.zip', 'b']],
      );
      for (const text of problems.texts()) texts.add(text);
    }
    assert.equal(texts.size, archiveProblems.length);
  });

  it('weighs what is made to harm, and nothing else', () => {
    const weightOf = (event: Omit<ArchiveProblemEvent, 'type'>): string | undefined =>
      gathered(event).findings()[0]?.weight;
    const members = ['a'];
    assert.equal(weightOf({ problem: 'quine', members }), 'suspicious');
    assert.equal(weightOf({ problem: 'pathTraversal', members }), 'suspicious');
    assert.equal(weightOf({ problem: 'overlapping', members: [], claimedBytes: 10_000 }), 'suspicious');
    assert.equal(weightOf({ problem: 'overlapping', members: [], claimedBytes: tebibyte }), 'malicious');
    assert.equal(weightOf({ problem: 'ratioTooHigh', members, claimedBytes: 5_000_000 }), 'informational');
    assert.equal(weightOf({ problem: 'ratioTooHigh', members, claimedBytes: tebibyte }), 'suspicious');
    // All of it together came of next to nothing.
    assert.equal(weightOf({ problem: 'ratioTooHigh', members: [] }), 'suspicious');
    const rest = [
      'tooDeep',
      'tooManyMembers',
      'tooLarge',
      'memberTooLarge',
      'encrypted',
      'truncated',
      'damaged',
    ] as const;
    for (const problem of rest)
      assert.equal(weightOf({ problem, members, claimedBytes: tebibyte }), 'informational');
  });

  it('leaves something unseen, but for names that lead elsewhere', () => {
    for (const problem of archiveProblems) {
      assert.equal(gathered({ problem, members: [] }).isPartial, problem !== 'pathTraversal', problem);
    }
    assert.equal(gathered().isPartial, false);
    assert.deepEqual(gathered().findings(), []);
  });

  it('is counted by kind, with the first place and the worst claim', () => {
    const problems = gathered(
      { problem: 'ratioTooHigh', members: ['a'], claimedBytes: 10 },
      { problem: 'encrypted', members: ['b'], detail: 'AES' },
      { problem: 'ratioTooHigh', members: ['c'], claimedBytes: tebibyte },
    );
    assert.deepEqual(problems.texts(), [
      'It unpacks to many times its size, and was not unpacked further (2 times)',
      'A password keeps its content from being looked at (AES)',
    ]);
    assert.deepEqual(
      problems.findings().map(({ weight, members }) => [weight, members]),
      [
        ['suspicious', ['a']],
        ['informational', ['b']],
      ],
    );
  });
});
