import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { analyseUrl } from '../../../../src/services/scan/url/analysis/analyseUrl';
import { HostList } from '../../../../src/services/scan/url/lists/hostList';
import { listLine } from '../../../../src/services/scan/url/lists/listLine';
import { UrlLists } from '../../../../src/services/scan/url/lists/urlLists';
import { nullLogger } from '../../../../src/shared/logger';
import { FakeClock } from '../../support/fakeClock';

describe('Lines of lists', () => {
  const host = (...values: string[]) => values.map((value) => ({ kind: 'host', value }));
  const domain = (value: string) => [{ kind: 'domain', value }];
  const link = (value: string) => [{ kind: 'link', value }];
  const rows: readonly (readonly [string, unknown])[] = [
    ['', 'nothing'],
    ['# a comment', 'nothing'],
    ['! another', 'nothing'],
    ['   ', 'nothing'],
    ['127.0.0.1 localhost', 'nothing'],
    ['::1 ip6-localhost ip6-loopback', 'nothing'],
    ['fe80::1%lo0 localhost', 'nothing'],
    ['0.0.0.0 0.0.0.0', 'nothing'],
    ['0.0.0.0 Evil.Example', host('evil.example')],
    ['0.0.0.0\tone.example two.example # both', host('one.example', 'two.example')],
    ['evil.example', domain('evil.example')],
    ['EVIL.example.  ', domain('evil.example')],
    ['*.evil.example', domain('evil.example')],
    ['evil.example # why', domain('evil.example')],
    ['\ufeffevil.example', domain('evil.example')],
    ['münchen.example', domain('xn--mnchen-3ya.example')],
    ['3627734734', domain('216.58.214.206')],
    ['2001:db8::1', domain('[2001:db8::1]')],
    ['https://evil.example', host('evil.example')],
    ['https://evil.example/a/../b?x=1#part', link('evil.example/b?x=1')],
    ['http://user:pass@evil.example:8080/a', link('evil.example:8080/a')],
    ['https://good.example@evil.example/a', link('evil.example/a')],
    ['two words', 'notUnderstood'],
    ['||evil.example^', 'notUnderstood'],
    ['evil.example/path', 'notUnderstood'],
    ['https://', 'notUnderstood'],
    ['0.0.0.0 ex ample%', 'notUnderstood'],
  ];
  for (const [line, expected] of rows) {
    it(JSON.stringify(line), () => {
      assert.deepEqual(listLine(line), expected);
    });
  }
});

describe('A list', () => {
  const listOf = (...lines: string[]): HostList => {
    const list = new HostList();
    for (const line of lines) list.addLine(line);
    return list;
  };
  const find = (list: HostList, text: string, trusting = false): string | undefined => {
    const url = new URL(text);
    return list.find(url, url.hostname.replace(/\.$/, ''), trusting);
  };

  it('names a domain and all below it, a host alone, a link and what goes on from it', () => {
    const list = listOf(
      'evil.example',
      '0.0.0.0 only.test',
      'https://shared.test/bad/',
      'https://shared.test/file?id=1',
    );
    assert.equal(find(list, 'https://evil.example/x'), 'evil.example');
    assert.equal(find(list, 'https://a.b.evil.example./x'), 'evil.example');
    assert.equal(find(list, 'https://notevil.example/'), undefined);
    assert.equal(find(list, 'http://only.test:8080/'), 'only.test');
    assert.equal(find(list, 'http://sub.only.test/'), undefined);
    assert.equal(find(list, 'https://shared.test/bad/x/y?q'), 'shared.test/bad/');
    assert.equal(find(list, 'https://shared.test/badly'), undefined);
    assert.equal(find(list, 'https://shared.test/good/../bad/x'), 'shared.test/bad/');
    assert.equal(find(list, 'https://shared.test/file?id=1'), 'shared.test/file?id=1');
    assert.equal(find(list, 'https://shared.test/file?id=2'), undefined);
    assert.equal(find(list, 'https://shared.test:8443/bad/x'), undefined);
    assert.equal(find(list, `https://shared.test/bad/${'x/'.repeat(500)}y`), 'shared.test/bad/');
    assert.equal(find(list, 'https://shared.test/%62a%64/%7Ex'), 'shared.test/bad/');
    assert.equal(find(list, 'https://shared.test/fil%65?i%64=1'), 'shared.test/file?id=1');
    assert.equal(
      find(listOf('https://shared.test/%7eme/a%2fb'), 'https://shared.test/~me/a%2Fb/c'),
      'shared.test/~me/a%2Fb',
    );
  });

  it('counts what it cannot understand', () => {
    const list = listOf('evil.example', 'two words', 'x'.repeat(9_000));
    assert.equal(list.size, 1);
    assert.equal(list.refused, 2);
    assert.equal(list.firstRefused, 2);
  });

  it('takes no address for a name below another', () => {
    assert.equal(find(listOf('2.3.4'), 'http://1.2.3.4/'), undefined);
  });

  it('trusts no path that servers may read otherwise', () => {
    const list = listOf('https://shared.test/mine/');
    assert.equal(find(list, 'https://shared.test/mine/x', true), 'shared.test/mine/');
    for (const path of [
      'mine/../yours',
      'mine/%2e%2e/yours',
      'mine/..%2fyours',
      'mine/..%5cyours',
      'mine/..;/yours',
      'mine/%252e%252e%252fyours',
    ]) {
      assert.equal(find(list, `https://shared.test/${path}`, true), undefined, path);
    }
  });
});

describe('Lists from files', () => {
  let folder: string;
  const clock = new FakeClock();
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-lists-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const lists = async (block: readonly string[], allow: readonly string[] = []): Promise<UrlLists> => {
    const made = new UrlLists({ clock, logger: nullLogger });
    made.configure({ block: [...block], allow: [...allow] });
    await made.refresh();
    return made;
  };
  const verdictWeights = (made: UrlLists, text: string): readonly string[] => {
    const analysis = analyseUrl(text, { lists: (url, host) => made.match(url, host) });
    if (analysis.status !== 'analysed') assert.fail('no URL');
    return analysis.findings.filter(({ weight }) => weight !== 'informational').map(({ rule }) => rule);
  };

  it('block what they name', async () => {
    const file = write('hosts', '0.0.0.0 bad-host.net\r\nbad-domain.org\r\nhttps://cdn.shared.net/bad/\r\n');
    const made = await lists([file]);
    assert.deepEqual(verdictWeights(made, 'https://bad-host.net/'), ['blocked']);
    assert.deepEqual(verdictWeights(made, 'https://www.bad-domain.org/x'), ['blocked']);
    assert.deepEqual(verdictWeights(made, 'https://cdn.shared.net/bad/x.js'), ['blocked']);
    assert.deepEqual(verdictWeights(made, 'https://cdn.shared.net/good/x.js'), []);
    assert.deepEqual(made.states, [{ file, entries: 3, refused: 0 }]);
  });

  it('allow what they name, and nothing that only looks like it', async () => {
    const made = await lists([], [write('allow', 'paypal-login.com\nhttps://shared.net/mine/\n')]);
    assert.deepEqual(verdictWeights(made, 'https://paypal-login.com/'), []);
    assert.deepEqual(verdictWeights(made, 'https://www.paypal-login.com/x.pdf.exe'), []);
    for (const text of [
      'https://paypal-login.com@evil.tk/',
      'https://paypal-login.com:x@evil.tk/login',
      'https://paypal-login.com.evil.tk/login',
      'https://evil.tk\\@paypal-login.com.paypal.com.evil.tk/',
      'https://google.com@evil.tk/paypal-login.com/',
      'https://google.com@evil.tk/?paypal-login.com',
      'https://google.com@evil.tk/#https://paypal-login.com/',
      'https://paypal-login.com/go?url=https://google.com@evil.tk',
      'https://shared.net/mine/..%2fyours/invoice.pdf.exe',
      'https://shared.net/mine/%2e%2e/yours/invoice.pdf.exe',
    ]) {
      assert.notDeepEqual(verdictWeights(made, text), [], text);
    }
  });

  it('let the allow list have the last word, and show both', async () => {
    const made = await lists([write('block', 'somewhere.net')], [write('allow', 'www.somewhere.net')]);
    assert.deepEqual(verdictWeights(made, 'https://www.somewhere.net/'), []);
    assert.deepEqual(verdictWeights(made, 'https://somewhere.net/'), ['blocked']);
    const analysis = analyseUrl('https://www.somewhere.net/', {
      lists: (url, host) => made.match(url, host),
    });
    assert.ok(analysis.status === 'analysed');
    assert.deepEqual(analysis.findings.map(({ rule }) => rule).sort(), ['allowed', 'blocked']);
  });

  it('block links that hide within others', async () => {
    const made = await lists([write('block', 'bad-domain.org')]);
    const text = 'https://somewhere.net/go?url=https%3A%2F%2Fbad-domain.org%2F';
    assert.deepEqual(verdictWeights(made, text), ['nestedUrl']);
  });

  it('are read again when they have changed, and looked at once a second at most', async () => {
    const file = write('block', 'one.net\n');
    const made = await lists([file]);
    const version = made.version;
    writeFileSync(file, 'one.net\ntwo.net\n');
    utimesSync(file, new Date(2_000_000_000), new Date(2_000_000_000));
    await made.refresh();
    assert.deepEqual(verdictWeights(made, 'https://two.net/'), []);
    await clock.advance(1_000);
    await made.refresh();
    assert.deepEqual(verdictWeights(made, 'https://two.net/'), ['blocked']);
    assert.notEqual(made.version, version);
  });

  it('say that they cannot be read, and are read as soon as they can', async () => {
    const file = path.join(folder, 'later');
    const made = await lists([file, folder]);
    assert.deepEqual(made.states, [
      { file, entries: 0, refused: 0, problem: 'vanished' },
      { file: folder, entries: 0, refused: 0, problem: 'isDirectory' },
    ]);
    write('later', 'one.net');
    await clock.advance(1_000);
    await made.refresh();
    assert.deepEqual(verdictWeights(made, 'https://one.net/'), ['blocked']);
  });

  it('go when nobody wants them any more', async () => {
    const made = await lists([write('block', 'one.net')]);
    made.configure({ block: [], allow: [] });
    await made.refresh();
    assert.deepEqual(made.states, []);
    assert.deepEqual(verdictWeights(made, 'https://one.net/'), []);
  });
});
