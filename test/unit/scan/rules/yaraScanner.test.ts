import assert from 'node:assert/strict';
import { compile, item } from './yara';

describe('Scanning with rules', () => {
  it('tells namespace, tags, metadata and places', () => {
    const { scanner } = compile({
      pack: `rule found : one two {
        meta: description = "for a test" score = 75 sure = true
        strings: $a = "needle" $b = { 68 61 79 }
        condition: all of them
      }`,
    });
    assert.deepEqual(scanner.scan(item('hay needle hay')), [
      {
        namespace: 'pack',
        rule: 'found',
        tags: ['one', 'two'],
        metadata: { description: 'for a test', score: 75, sure: true },
        matches: [
          { offset: 0, length: 3, pattern: '$b' },
          { offset: 4, length: 6, pattern: '$a' },
          { offset: 11, length: 3, pattern: '$b' },
        ],
        matchCount: 3,
      },
    ]);
    scanner.dispose();
  });

  it('shows a place of each string although one occurs often, and counts all', () => {
    const { scanner } = compile({
      pack: 'rule found { strings: $often = "ab" $once = "zz" condition: all of them }',
    });
    const [found] = scanner.scan(item(`${'ab'.repeat(500)}zz`));
    assert.equal(found?.matches.length, 16);
    assert.deepEqual(found.matches.at(-1), { offset: 1000, length: 2, pattern: '$once' });
    assert.equal(found.matchCount, 501);
    scanner.dispose();
  });

  it('reports neither private rules nor private strings', () => {
    const { scanner } = compile({
      pack: `private rule helper { strings: $h = "needle" condition: $h }
             rule found { strings: $p = "nee" private $q = "dle" condition: helper and all of them }`,
    });
    const found = scanner.scan(item('needle'));
    assert.deepEqual(
      found.map(({ rule, matches, matchCount }) => ({ rule, matches, matchCount })),
      [{ rule: 'found', matches: [{ offset: 3, length: 3, pattern: '$q' }], matchCount: 1 }],
    );
    scanner.dispose();
  });

  it('applies global rules to their own file alone', () => {
    const { scanner } = compile({
      one: 'global rule gate { strings: $g = "open" condition: $g } rule inside { condition: true }',
      two: 'rule outside { condition: true }',
    });
    assert.deepEqual(
      scanner.scan(item('shut')).map(({ rule }) => rule),
      ['outside'],
    );
    assert.deepEqual(
      scanner.scan(item('open')).map(({ rule }) => rule),
      ['gate', 'inside', 'outside'],
    );
    scanner.dispose();
  });

  it('tells rules about the file, each item anew', () => {
    const { scanner, faults } = compile({
      pack: `rule script { condition: extension == ".ps1" and filename contains "run" }
             rule owned { condition: owner == "root" and filetype == "ELF" and filepath startswith "/usr" }`,
    });
    assert.deepEqual(faults, []);
    const answers = scanner.scanMany([
      item('', { extension: '.ps1', filename: 'run.ps1' }),
      item('', { extension: '.txt', filename: 'run.ps1' }),
      item('', { owner: 'root', filetype: 'ELF', filepath: '/usr/bin/x' }),
    ]);
    assert.deepEqual(
      answers.map((matches) => matches.map(({ rule }) => rule)),
      [['script'], [], ['owned']],
    );
    scanner.dispose();
  });

  it('says before each item which one comes, and can be disposed twice', () => {
    const { scanner } = compile({ pack: 'rule some { condition: filesize > 0 }' });
    const asked: (number | undefined)[] = [];
    scanner.scanMany([item('a'), item('b')], (index) => asked.push(index));
    assert.deepEqual(
      asked.filter((index) => index !== undefined),
      [0, 1],
    );
    scanner.dispose();
    scanner.dispose();
  });
});
