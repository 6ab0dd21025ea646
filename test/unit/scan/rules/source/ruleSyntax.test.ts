import assert from 'node:assert/strict';
import { integerValue, textBytes } from '../../../../../src/services/scan/rules/source/literals';
import { makeMetadataReadable } from '../../../../../src/services/scan/rules/source/metadata';
import { lineNestedTooDeeply } from '../../../../../src/services/scan/rules/source/nesting';
import { parseRules } from '../../../../../src/services/scan/rules/source/ruleSyntax';
import { UnknownSyntax } from '../../../../../src/services/scan/rules/source/tokens';

describe('Reading rules', () => {
  it('finds their parts', () => {
    const rules = parseRules(`
      import "pe"
      /* rule commented { condition: true } */
      private global rule first : tag other {
        meta:
          description = "strings: condition: }"
          score = -5
        strings:
          $a = "rule } {" wide xor(1-5) private
          $ = { 41 [2] 42 }
          $c = /x{2}/i fullword
        condition:
          all of them
      }
      rule second { condition: for any s in pe.sections : (s.name == ".text") }`);
    assert.deepEqual(
      rules.map(({ name, isGlobal, isPrivate }) => ({ name, isGlobal, isPrivate })),
      [
        { name: 'first', isGlobal: true, isPrivate: true },
        { name: 'second', isGlobal: false, isPrivate: false },
      ],
    );
    assert.deepEqual(
      rules[0]?.patterns.map(({ name, kind, value, modifiers }) => [
        ...[name, kind, value],
        modifiers.map(({ text }) => text).join(' '),
      ]),
      [
        ['$a', 'text', '"rule } {"', 'wide xor ( 1 - 5 ) private'],
        ['$', 'hex', '{ 41 [2] 42 }', ''],
        ['$c', 'regex', '/x{2}/i', 'fullword'],
      ],
    );
    assert.equal(rules[0].condition.map(({ text }) => text).join(' '), 'all of them');
    assert.equal(rules[1]?.condition.length, 15);
  });

  it('refuses what it does not know', () => {
    for (const source of [
      'rule',
      'rule a {',
      'rule a { strings: $a = 5 condition: $a }',
      'include "x"',
      'rule a { }',
    ])
      assert.throws(() => parseRules(source), UnknownSyntax, source);
  });

  it('knows the bytes of texts, and numbers that can be held', () => {
    assert.deepEqual(textBytes('"a\\x00\\n\\t\\"\\\\é"'), Buffer.from('a\0\n\t"\\é'));
    assert.throws(() => textBytes('"\\q"'), UnknownSyntax);
    assert.deepEqual(['0x1F', '2KB', '1MB', '0o17', '1_000', '9007199254740993'].map(integerValue), [
      31,
      2048,
      1_048_576,
      15,
      1000,
      undefined,
    ]);
  });

  it('puts numbers of metadata into quotes where JavaScript cannot hold them, and no others', () => {
    const source =
      'rule a { meta: one = 9007199254740991 two = -9007199254740993 three = "9999999999999999999" condition: filesize < 9999999999999999 }';
    assert.equal(makeMetadataReadable(source), source.replace('-9007199254740993', '"-9007199254740993"'));
    assert.equal(makeMetadataReadable('rule 99999999999999999999 "'), 'rule 99999999999999999999 "');
  });

  it('tells where a source is nested too deeply', () => {
    const deep = (open: string, close: string, times: number): string =>
      `rule a {\ncondition: ${open.repeat(times)}true${close.repeat(times)} }`;
    assert.equal(lineNestedTooDeeply(deep('(', ')', 199)), undefined);
    assert.equal(lineNestedTooDeeply(deep('(', ')', 201)), 2);
    assert.equal(lineNestedTooDeeply(deep('not ', '', 300)), 2);
    assert.equal(lineNestedTooDeeply(deep('(not ', ')', 150)), undefined);
    assert.equal(lineNestedTooDeeply(`rule a { strings: $a = /${'(a'.repeat(500)}${')'.repeat(500)}/`), 1);
    assert.equal(lineNestedTooDeeply('(a) '.repeat(1000)), undefined);
  });
});
