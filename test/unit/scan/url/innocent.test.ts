import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { analyseUrl } from '../../../../src/services/scan/url/analysis/analyseUrl';

/** Links that nobody should be warned of, by the heading below which they stand. */
function innocentLinks(): ReadonlyMap<string, readonly string[]> {
  const lines = readFileSync('test/fixtures/urls/innocent.txt', 'utf8').split('\n');
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of lines) {
    if (line.startsWith('# ')) sections.set(line.slice(2), (current = []));
    else if (line !== '') current.push(line);
  }
  return sections;
}

/** Where the packages in `node_modules` say that they live: nobody chose these links for a test. */
function packageLinks(): readonly string[] {
  const folders = readdirSync('node_modules').flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(path.join('node_modules', name)).map((inner) => `${name}/${inner}`)
      : [name],
  );
  const links = new Set<string>();
  for (const folder of folders) {
    try {
      const text = readFileSync(path.join('node_modules', folder, 'package.json'), 'utf8');
      for (const [link] of text.matchAll(/(?:git\+)?https?:\/\/[^"\s<>)\\]+/g)) links.add(link);
    } catch {
      // Not a package.
    }
  }
  return [...links];
}

interface Alarm {
  readonly text: string;
  readonly weight: string;
  readonly rules: string;
}

function alarms(links: readonly string[]): Alarm[] {
  return links.flatMap((text) => {
    const analysis = analyseUrl(text);
    if (analysis.status !== 'analysed') assert.fail(`${text} is no URL`);
    const deciding = analysis.findings.filter(({ weight }) => weight !== 'informational');
    const [worst] = deciding;
    if (worst === undefined) return [];
    const weight = deciding.some((finding) => finding.weight === 'malicious') ? 'malicious' : 'suspicious';
    return [{ text, weight, rules: deciding.map(({ rule }) => rule).join(', ') }];
  });
}

function listed(found: readonly Alarm[]): string {
  return found.map(({ text, weight, rules }) => `${weight}: ${text} (${rules})`).join('\n');
}

describe('Innocent links', () => {
  const sections = innocentLinks();
  const all = [...sections.values()].flat();

  it('are never malicious, and suspicious at most once in a hundred', () => {
    const found = alarms(all);
    assert.ok(all.length >= 400, `only ${all.length} links`);
    assert.equal(new Set(all).size, all.length, 'a link stands twice');
    assert.deepEqual(
      found.filter(({ weight }) => weight === 'malicious'),
      [],
    );
    assert.ok(found.length <= all.length / 100, `${found.length} of ${all.length}:\n${listed(found)}`);
  });

  it('raise no alarm where packages say that they live', () => {
    const links = packageLinks().filter((link) => URL.canParse(link));
    const found = alarms(links);
    assert.ok(links.length >= 200, `only ${links.length} links`);
    assert.ok(found.length <= links.length / 100, listed(found));
    assert.deepEqual(
      found.filter(({ weight }) => weight === 'malicious'),
      [],
    );
  });

  for (const text of [
    'https://medium.com/@user/post',
    'https://fonts.googleapis.com/css2?family=Inter',
    'https://raw.githubusercontent.com/user/repo/main/README.md',
    'http://localhost:3000',
    'http://192.168.1.1/login.html',
    'https://münchen.de/',
    'https://web.dev/articles/vitals',
    'https://my-project.vercel.app/',
  ]) {
    it(`has nothing to say against ${text}`, () => {
      const analysis = analyseUrl(text);
      assert.ok(analysis.status === 'analysed');
      assert.equal(analysis.details.score, 0, JSON.stringify(analysis.findings));
    });
  }
});
