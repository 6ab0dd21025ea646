import assert from 'node:assert/strict';
import { scriptMix, scriptsOf } from '../../../../src/services/scan/url/unicode/scripts';
import { loosestSkeleton, skeleton } from '../../../../src/services/scan/url/unicode/skeleton';
import { unicodeTables } from '../../../../src/services/scan/url/unicode/unicodeTables';
import { makeUnicodeTables } from '../../../support/unicodeTables';

const code = (character: string): number => character.codePointAt(0) ?? 0;

describe('Tables of Unicode', () => {
  it('hold what the packages say: else run npm run unicode', async function () {
    this.timeout(30_000);
    assert.deepEqual(unicodeTables, await makeUnicodeTables());
  });

  it('know the script of each letter as the engine of the tests does, where that knows it', () => {
    for (const script of ['Latin', 'Cyrillic', 'Greek', 'Han', 'Hiragana', 'Arabic', 'Devanagari']) {
      const expected = new RegExp(`^\\p{Script_Extensions=${script}}$`, 'u');
      for (let point = 0x41; point < 0x3000; point++) {
        if (point >= 0xd800 && point < 0xe000) continue;
        const character = String.fromCodePoint(point);
        if (/\p{Cn}|\p{Script=Common}|\p{Script=Inherited}/u.test(character)) continue;
        assert.equal(
          scriptsOf(point)?.has(script) ?? false,
          expected.test(character),
          `${script} ${point.toString(16)}`,
        );
      }
    }
    assert.equal(scriptsOf(code('7')), undefined);
    assert.equal(scriptsOf(code('-')), undefined);
    assert.deepEqual([...(scriptsOf(code('東')) ?? [])].includes('Han'), true);
  });

  it('tell scripts that are written together from those that are not', () => {
    for (const [text, mix] of [
      ['münchen', 'single'],
      ['москва', 'single'],
      ['123-4', 'single'],
      ['東京タワー', 'written'],
      ['東京tower', 'written'],
      ['한국korea', 'written'],
      ['बजarat', 'withLatin'],
      ['pаypal', 'mixed'],
      ['tοken', 'mixed'],
      ['москва東京', 'mixed'],
      ['кафе-wifi', 'mixed'],
    ] as const) {
      assert.equal(scriptMix(text), mix, text);
    }
  });

  it('make the same of names that look the same', () => {
    for (const [one, other] of [
      ['pаypal', 'paypal'],
      ['rnicrosoft', 'microsoft'],
      ['g00gle', 'google'],
      ['paypa1', 'paypal'],
      ['gíthub', 'github'],
      ['ɡoogle', 'google'],
      ['ѕtrіре', 'stripe'],
    ] as const) {
      assert.equal(skeleton(one), skeleton(other), one);
    }
    assert.equal(loosestSkeleton('аррӏе'), loosestSkeleton('apple'));
    assert.equal(loosestSkeleton('tvvitter'), loosestSkeleton('twitter'));
    assert.notEqual(skeleton('paypal'), skeleton('paypol'));
    assert.equal(skeleton('東京'), '東京');
  });
});
