import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

describe('the project’s documents', () => {
  for (const document of ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md']) {
    it(`${document} links to what is there`, () => {
      const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(
        ([, link]) => link ?? '',
      );
      const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(link));
      assert.deepEqual(broken, []);
    });
  }
});
