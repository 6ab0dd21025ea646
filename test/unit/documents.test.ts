import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: {
      readonly commandPalette: readonly { readonly command: string; readonly when: string }[];
    };
    readonly configuration: readonly { readonly properties: Record<string, unknown> }[];
  };
}

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

  it('README.md names every command of the palette and every setting', () => {
    const readme = readFileSync('README.md', 'utf8').replace(/\s+/g, ' ');
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
    const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
    const hidden = new Set(
      contributes.menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command),
    );
    const titles = contributes.commands
      .filter(({ command }) => !hidden.has(command))
      .map(({ title }) => texts[title.slice(1, -1)] ?? title);
    const settings = contributes.configuration.flatMap(({ properties }) =>
      Object.keys(properties).map((name) => `\`${name}\``),
    );
    assert.ok(titles.length > 20 && settings.length > 20);
    assert.deepEqual(
      [...titles, ...settings].filter((name) => !readme.includes(name)),
      [],
    );
  });
});
