import assert from 'node:assert/strict';
import { base64Forms } from '../../../../../src/services/scan/rules/prefilter/base64Forms';
import {
  derivePattern,
  type DerivedPattern,
} from '../../../../../src/services/scan/rules/prefilter/derivePattern';
import { JoinedItems } from '../../../../../src/services/scan/rules/prefilter/joinedItems';
import { parseRules } from '../../../../../src/services/scan/rules/source/ruleSyntax';

function derived(definition: string): DerivedPattern | undefined {
  const [pattern] = parseRules(`rule a { strings: $a = ${definition} condition: $a }`)[0]?.patterns ?? [];
  assert.ok(pattern);
  return derivePattern(pattern);
}

/** What a string is written as, and what is searched for instead of it. */
const replaced: readonly (readonly [string, string])[] = [
  ['"text" nocase wide ascii fullword private', '"text" nocase wide ascii fullword'],
  ['"text" xor(1-255) fullword wide', '"text" wide xor(1-255)'],
  ['"text" xor', '"text" xor'],
  ['{ AA ?? [2-4] BB }', '{ AA ?? [2-4] BB }'],
  ['{ AA [-] ?? BB CC [2] /* x */ DD ?? [200] EE }', '{ BB CC [2] DD }'],
  ['{ AA BB [0-100] (CC [150] DD | EE) }', '{ AA BB }'],
  ['/^one$/', '/one/'],
  ['/(^|x)one[$^]/i', '/(|x)one[$^]/i'],
  ['/\\bone\\b/ nocase', '/\\bone\\b/ nocase'],
  ['/\\bone\\B/ wide', '/one/ wide'],
  ['/one.*three/', '/one.*three/'],
  ['/one.{1,9}three/s', '/one.{1,9}three/s'],
  ['/one.{1,900}three/s', '/three/s'],
  ['/one.*three.*four/s', '/three/s'],
  ['/(one.*three)four/s', '/(one.*three)four/s'],
  ['/^one.*three/', '/one/'],
  ['/one.*three$/', '/three/'],
  ['/one[^x]{0,900}(two|three)+[4-6]seven$/', '/[4-6]seven/'],
  ['/^[a-z]{2,60}(one|two){2,9}$/', '/[a-z]{2,60}(one|two){2,9}/'],
  ['/one[a-z]*?$/ fullword', '/one/'],
  ['/(one|only)$/ fullword', '/(one|only)/'],
  ['/one.*|three/s', '/one.*|three/s'],
  ['/one\\d+[a-z_.]?/ fullword', '/one\\d+[a-z_.]?/ fullword'],
  ['/one[^x]/ fullword', '/one[^x]/'],
  ['/one\\s/ fullword', '/one\\s/'],
  ['/one[\\x00-\\x20]/ fullword', '/one[\\x00-\\x20]/'],
  ['/one./s fullword', '/one./s'],
  ['/one./ fullword', '/one./ fullword'],
];

/** Strings of which nothing can be said. */
const refused = [
  '/^one.*|two/',
  '/^(one.*)+/',
  '/one(?i)two/',
  '/one[[:alpha:]]/',
  '/a^*b/',
  '"ab" base64("x")',
];

describe('What is searched for in joined files', () => {
  for (const [definition, expected] of replaced)
    it(`instead of ${definition}`, () => {
      assert.deepEqual(derived(definition)?.definitions, [expected]);
    });

  it('is unknown for what is not understood', () => {
    for (const definition of refused) assert.equal(derived(definition), undefined, definition);
  });

  it('knows where matches have to start', () => {
    const starts = (definition: string): unknown => {
      const { startsAlike, onlyAtStart } = derived(definition) ?? {};
      return { startsAlike, onlyAtStart };
    };
    assert.deepEqual(starts('"text"'), { startsAlike: true, onlyAtStart: false });
    assert.deepEqual(starts('/^text/'), { startsAlike: true, onlyAtStart: true });
    assert.deepEqual(starts('/^text|^other/'), { startsAlike: true, onlyAtStart: false });
    assert.deepEqual(starts('/^text/ wide'), { startsAlike: true, onlyAtStart: false });
    assert.deepEqual(starts('/^a.*text/s'), { startsAlike: false, onlyAtStart: false });
    assert.deepEqual(starts('/^ab.*text/s'), { startsAlike: true, onlyAtStart: true });
    assert.deepEqual(starts('{ AA [200] BB CC }'), { startsAlike: false, onlyAtStart: false });
  });

  it('is for base64 what depends on the text alone, in each of its three forms', () => {
    const text = 'Sentinel';
    for (const before of ['', 'a', 'ab', 'abc'])
      for (const after of ['', 'x', 'xy'])
        assert.ok(
          base64Forms(Buffer.from(text)).some((form) =>
            Buffer.from(before + text + after)
              .toString('base64')
              .includes(form),
          ),
          `${before}…${after}`,
        );
    assert.deepEqual(derived('"Sentinel" base64')?.definitions.slice(0, 4), [
      '"Sentinel" ascii wide',
      '"U2VudGluZW"',
      '"NlbnRpbmVs"',
      '"TZW50aW5lb"',
    ]);
    assert.ok(derived('"Sentinel" base64wide')?.definitions.includes('/U=*2=*V=*u=*d=*G=*l=*u=*Z=*W/ wide'));
  });
});

describe('Joined files', () => {
  it('know which of them have a byte of a range', () => {
    const joined = new JoinedItems(['one', '', 'three'].map((content) => Buffer.from(content)));
    const [one = 0, , three = 0] = joined.starts;
    assert.equal(joined.buffer.toString('latin1', one, one + 3), 'one');
    assert.equal(joined.buffer.toString('latin1', three, three + 5), 'three');
    assert.deepEqual(joined.overlapping(one, 3), [0]);
    assert.deepEqual(joined.overlapping(one + 3, 5), []);
    assert.deepEqual(joined.overlapping(0, one), []);
    assert.deepEqual(joined.overlapping(three + 4, 1000), [2]);
    assert.deepEqual(joined.overlapping(0, 10_000), [0, 1, 2]);
  });

  it('have between them what is no part of a word and starts and ends a line', () => {
    const between = new JoinedItems([Buffer.of(), Buffer.of()]).buffer;
    assert.ok(between.every((byte) => !/[A-Za-z0-9_\0]/.test(String.fromCharCode(byte))));
    assert.equal(between[0], 10);
    assert.equal(between.at(-1), 10);
  });
});
