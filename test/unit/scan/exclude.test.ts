import assert from 'node:assert/strict';
import { excluder, type ExclusionOptions } from '../../../src/services/scan/exclude';

function excluded(
  options: Partial<ExclusionOptions>,
  path: string,
  { folder = false, base = '/w' }: { folder?: boolean; base?: string } = {},
): boolean {
  const excludes = excluder({ base, globs: [], separator: '/', ignoreCase: false, ...options });
  const name = path.split(options.separator ?? '/').at(-1) ?? '';
  return excludes(path, name, folder);
}

describe('what the scan of a folder leaves out', () => {
  it('leaves out nothing by itself', () => {
    assert.equal(excluded({}, '/w/node_modules/a.js'), false);
  });

  it('leaves out by the globs of settings', () => {
    const globs = ['**/.git', '**/*.min.js', 'out/**', '{a,b}/c'];
    assert.equal(excluded({ globs }, '/w/.git', { folder: true }), true);
    assert.equal(excluded({ globs }, '/w/deep/er/.git', { folder: true }), true);
    assert.equal(excluded({ globs }, '/w/.github', { folder: true }), false);
    assert.equal(excluded({ globs }, '/w/x/y.min.js'), true);
    assert.equal(excluded({ globs }, '/w/out/y.js'), true);
    assert.equal(excluded({ globs }, '/w/x/out/y.js'), false);
    assert.equal(excluded({ globs }, '/w/b/c'), true);
    assert.equal(excluded({ globs }, '/w/.hidden/y.min.js'), true);
  });

  it('a glob without a slash speaks of the top folder alone, as in the editor', () => {
    assert.equal(excluded({ globs: ['*.log'] }, '/w/a.log'), true);
    assert.equal(excluded({ globs: ['*.log'] }, '/w/sub/a.log'), false);
  });

  it('lets nothing leave out as a whole what somebody chose', () => {
    const file = '/w/node_modules/pkg/a.js';
    const root = '/w/node_modules';
    const within = [
      { globs: ['node_modules/**'] },
      { globs: ['**/node_modules'] },
      { globs: ['node_modules'] },
    ];
    for (const options of [
      ...within,
      { ignoreLines: 'node_modules/\n' },
      { ignoreLines: 'node_modules/*' },
    ]) {
      assert.equal(excluded({ ...options, root }, file), false, JSON.stringify(options));
      assert.equal(excluded({ ...options, root: `${root}/pkg` }, file), false, JSON.stringify(options));
      const other = { ...options, root: '/w' };
      const isFound = ['/w/node_modules', `${root}/pkg`].some((path) =>
        excluded(other, path, { folder: true }),
      );
      assert.ok(isFound, JSON.stringify(options));
    }
    // What speaks of single files still holds.
    assert.equal(excluded({ globs: ['**/*.log', 'node_modules/**'], root }, '/w/node_modules/a.log'), true);
    assert.equal(excluded({ ignoreLines: '*.log\n', root }, '/w/node_modules/a.log'), true);
  });

  it('leaves out by ignore lines as Git reads them', () => {
    const ignoreLines = '# comment\n*.log\n!keep.log\n/build/\ncache/\n\\#odd\n';
    assert.equal(excluded({ ignoreLines }, '/w/sub/a.log'), true);
    assert.equal(excluded({ ignoreLines }, '/w/sub/keep.log'), false);
    assert.equal(excluded({ ignoreLines }, '/w/build', { folder: true }), true);
    assert.equal(excluded({ ignoreLines }, '/w/build'), false);
    assert.equal(excluded({ ignoreLines }, '/w/sub/build', { folder: true }), false);
    assert.equal(excluded({ ignoreLines }, '/w/sub/cache', { folder: true }), true);
    assert.equal(excluded({ ignoreLines }, '/w/#odd'), true);
  });

  it('takes nothing back below a folder that is left out', () => {
    const ignoreLines = 'vendor/\n!vendor/mine.js\n';
    assert.equal(excluded({ ignoreLines }, '/w/vendor/mine.js'), true);
  });

  it('speaks of paths below its base alone, by whole names', () => {
    assert.equal(excluded({ globs: ['**/*.js'] }, '/other/a.js'), false);
    assert.equal(excluded({ globs: ['**/*.js'] }, '/workspace/a.js'), false);
    assert.equal(excluded({ globs: ['usr/**'] }, '/usr/bin', { folder: true, base: '/' }), true);
  });

  it('takes names as text, whatever is in them', () => {
    const globs = ['**/a[1].txt', '**/b'];
    assert.equal(excluded({ globs }, '/w/a1.txt'), true);
    assert.equal(excluded({ globs }, '/w/b\nb'), false);
    const ignoreLines = '*.x';
    for (const name of ['..', '...', '.', 'a\nb.x', '\u202ex.x', ' .x', 'a\\b.x']) {
      assert.equal(excluded({ ignoreLines }, `/w/${name}`), name.endsWith('.x'));
    }
  });

  it('reads paths of Windows, in any case', () => {
    const windows = { separator: '\\', ignoreCase: true } as const;
    const options = { folder: true, base: 'C:\\w' };
    assert.equal(excluded({ globs: ['**/.GIT'], ...windows }, 'C:\\w\\x\\.git', options), true);
    assert.equal(excluded({ globs: ['out/lib/**'], ...windows }, 'C:\\w\\Out\\lib\\a', options), true);
    assert.equal(excluded({ ignoreLines: 'dist/', ...windows }, 'C:\\w\\x\\Dist', options), true);
  });

  it('globs that mean nothing leave out nothing and break nothing', () => {
    for (const glob of ['', '[', '{', '(', '!', '**/', '\\', '/'.repeat(300), '*'.repeat(9_999)]) {
      assert.equal(excluded({ globs: [glob, '**/x.js'] }, '/w/a.txt'), false, glob);
      assert.equal(excluded({ globs: [glob, '**/x.js'] }, '/w/sub/x.js'), true, glob);
    }
  });
});
