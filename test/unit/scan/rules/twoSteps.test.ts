import assert from 'node:assert/strict';
import { compile, item } from './yara';

const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
const base64 = (text: string): Buffer => Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, ''));

/** A string, a condition about it, and files: those that match, and those that would if they were one. */
interface Case {
  readonly title: string;
  readonly pattern: string;
  readonly condition?: string;
  readonly matching: readonly (string | Buffer)[];
  readonly other: readonly (string | Buffer)[];
}

const cases: readonly Case[] = [
  { title: 'a string across a border', pattern: '"onetwo"', matching: ['onetwo'], other: ['xone', 'twox'] },
  {
    title: 'an expression across a border',
    pattern: '/one[^x]*two/',
    matching: ['one two', 'one\n\ntwo'],
    other: ['one', 'two', 'onextwo'],
  },
  {
    title: 'a greedy match that reaches into the next file',
    pattern: '/one.*two/s',
    matching: ['onetwo', 'one two'],
    other: ['two one', 'two'],
  },
  {
    title: 'whole words at both ends of a file',
    pattern: '"one" fullword',
    matching: ['one', 'one.', '.one'],
    other: ['aone', 'onea', 'a', '1'],
  },
  {
    title: 'whole words of an expression that goes on to the end of the file',
    pattern: '/one.*/s fullword',
    matching: ['one and more', 'one'],
    other: ['aone'],
  },
  {
    title: 'whole words behind a key, at the end of a file',
    pattern: '"one" xor(65-70) fullword',
    matching: Array.from({ length: 5 }, (_, key) => Buffer.from('one').map((byte) => byte ^ (65 + key))).map(
      (bytes) => Buffer.from(bytes),
    ),
    other: ['one'],
  },
  {
    title: 'whole wide words before half a character',
    pattern: '"one" wide fullword',
    matching: [
      Buffer.concat([wide('one'), Buffer.from('a')]),
      Buffer.concat([Buffer.from('\0'), wide('one')]),
    ],
    other: [wide('onea'), wide('aone')],
  },
  {
    title: 'starts and ends of files',
    pattern: '/^one$/',
    matching: ['one'],
    other: ['one\n', '\none', 'xone'],
  },
  {
    title: 'starts in one of two branches',
    pattern: '/^one|two$/',
    matching: ['one and', 'and two'],
    other: ['a one', 'two and'],
  },
  {
    title: 'the start of wide text at any byte',
    pattern: '/^one/ wide',
    matching: [wide('one')],
    other: [wide('aone')],
  },
  {
    title: 'boundaries of words',
    pattern: '/\\bone\\b/',
    matching: ['one', '-one-'],
    other: ['aone', 'onea', 'one1'],
  },
  { title: 'what is inside of a word', pattern: '/\\Bone/', matching: ['aone'], other: ['one', '.one'] },
  {
    title: 'base64 that ends with the file',
    pattern: '"sentinel" base64',
    matching: ['', 'x', 'xx'].map((before) => base64(`${before}sentinel`)),
    other: ['sentinel'],
  },
  {
    title: 'wide base64 that ends with the file',
    pattern: '"sentinel" base64wide',
    matching: ['', 'x', 'xx'].map((before) => wide(base64(`${before}sentinel`).toString())),
    other: [base64('sentinel')],
  },
  {
    title: 'bytes far apart',
    pattern: '{ 6f 6e 65 [100-300] 74 77 6f }',
    matching: [`one${'-'.repeat(200)}two`],
    other: [`one${'-'.repeat(50)}`, `${'-'.repeat(50)}two`],
  },
  {
    title: 'bytes however far apart',
    pattern: '{ 6f 6e 65 [-] 74 77 6f }',
    matching: [`one${'-'.repeat(9000)}two`],
    other: ['one', 'two', 'two one'],
  },
  {
    title: 'places',
    pattern: '"one"',
    condition: '$a at 0 or $a at filesize - 3 or $a in (5..6)',
    matching: ['one....', '.......one', '.....one..'],
    other: ['.one....', 'on', 'e'],
  },
  {
    title: 'how often something occurs',
    pattern: '"one"',
    condition: '#a == 2',
    matching: ['oneone', 'one one'],
    other: ['one', 'oneoneone'],
  },
  {
    title: 'that nothing occurs',
    pattern: '"one"',
    condition: 'filesize > 0 and not $a',
    matching: ['two', 'on'],
    other: ['one', ''],
  },
];

describe('Scanning small files together', () => {
  for (const { title, pattern, condition = '$a', matching, other } of cases)
    it(`is right about ${title}`, () => {
      const { scanner, faults } = compile({
        pack: `rule found { strings: $a = ${pattern} condition: ${condition} }`,
      });
      assert.deepEqual(faults, []);
      const contents = [...matching, ...other];
      // Each beside each: what one ends with may go on in the next.
      for (let turn = 0; turn < contents.length; turn += 1) {
        const turned = [...contents.slice(turn), ...contents.slice(0, turn)];
        assert.deepEqual(
          scanner.scanMany(turned.map((content) => item(content))).map(({ length }) => length > 0),
          turned.map((content) => matching.includes(content)),
          JSON.stringify(turned.map((content) => Buffer.from(content).toString('latin1'))),
        );
      }
      scanner.dispose();
    });

  it('asks rules only of files that they may match', () => {
    const { scanner } = compile({
      pack: `rule both { strings: $a = "one" $b = "two" condition: all of them and filesize < 100 }
             rule magic { condition: uint16(0) == 0x5A4D }`,
    });
    const asked: (number | undefined)[] = [];
    const contents = ['one', 'two', 'one two', `one two${'-'.repeat(100)}`, 'MZ', 'ZM', '', 'nothing'];
    const answers = scanner.scanMany(
      contents.map((content) => item(content)),
      (index) => asked.push(index),
    );
    assert.deepEqual(
      answers.map((matches) => matches.map(({ rule }) => rule)),
      [[], [], ['both'], [], ['magic'], [], [], []],
    );
    assert.deepEqual(asked, [undefined, 2, 4]);
    assert.equal(scanner.scanCount, 3);
    scanner.dispose();
  });

  it('asks all of them where that is turned off, and for large files', () => {
    const texts = { pack: 'rule found { strings: $a = "one" condition: $a }' };
    const asked: (number | undefined)[] = [];
    const oneByOne = compile(texts, { twoStep: false }).scanner;
    assert.deepEqual(
      oneByOne.scanMany([item('one'), item('two')], (index) => asked.push(index)).map(({ length }) => length),
      [1, 0],
    );
    oneByOne.dispose();
    assert.deepEqual(asked, [0, 1]);

    const { scanner } = compile(texts);
    const large = item(Buffer.alloc(1024 * 1024 + 1, 'one '));
    const askedThen: (number | undefined)[] = [];
    scanner.scanMany([item('two'), large, item('two')], (index) => askedThen.push(index));
    scanner.dispose();
    assert.deepEqual(askedThen, [undefined, 1]);
  });

  it('misses nothing after a file with more matches than are counted', () => {
    const { scanner } = compile({
      pack: 'rule found { strings: $a = "one" $b = "two" condition: all of them }',
    });
    const answers = scanner.scanMany([item('one'.repeat(5000)), item('two one'), item('one'), item('two')]);
    assert.deepEqual(
      answers.map(({ length }) => length),
      [0, 1, 0, 0],
    );
    scanner.dispose();
  });

  it('asks all files about what it cannot read, and about strings that cannot be searched for', () => {
    const { scanner, faults } = compile({
      // The compiler takes the expression alone for one that matches nothing.
      pack: 'rule found { strings: $a = /one(^|$)/ $b = /[[:upper:]]{3}/ condition: any of them }',
    });
    assert.deepEqual(faults, []);
    const asked: (number | undefined)[] = [];
    const answers = scanner.scanMany([item('one'), item('ABC'), item('nothing')], (index) =>
      asked.push(index),
    );
    assert.deepEqual(
      answers.map(({ length }) => length),
      [1, 1, 0],
    );
    assert.deepEqual(asked, [undefined, 0, 1, 2]);
    scanner.dispose();
  });

  it('tells rules about a file only where one asks for it, and never about another', () => {
    const { scanner } = compile({
      one: `rule plain { strings: $a = "one" condition: $a }`,
      two: `private rule isScript { condition: extension == ".js" }
            rule script { strings: $a = "two" condition: isScript and $a }
            rule named { strings: $a = "one" condition: $a and filename matches /^run/ }`,
      three: `global rule gate { condition: owner == "root" } rule gated { strings: $a = "one" condition: $a }`,
    });
    const items = [
      item('one', { filename: 'run', extension: '', owner: 'root' }),
      item('one', { filename: 'walk', extension: '' }),
      item('two', { filename: 'walk', extension: '.js' }),
      item('two', { filename: 'walk', extension: '.ts' }),
      item('one two', { filename: 'run', extension: '.js', owner: 'me' }),
    ];
    const answers = scanner.scanMany(items);
    assert.deepEqual(
      answers.map((matches) => matches.map(({ rule }) => rule).join(' ')),
      ['plain named gate gated', 'plain', 'script', '', 'plain script named'],
    );
    assert.deepEqual(
      items.map((each) => scanner.scan(each)),
      answers,
    );
    scanner.dispose();
  });
});
