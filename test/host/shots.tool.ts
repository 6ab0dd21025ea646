import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Workbench } from '../e2e/support/workbench';
import { launchBrowser } from './browser';
import { ensureHost } from './install';
import { packageVsix } from './packaging';
import { repositoryRoot } from './paths';
import { startServer } from './server';
import { surfaces } from './surfaces';
import { ToolError } from './toolError';
import { toolMain } from './toolMain';

const usage = `Usage: npm run shots -- DIR [SURFACE …]

Writes pictures of Sentinel's surfaces, each in four themes, to DIR/SURFACE-THEME.png.

Surfaces: ${surfaces.map(({ name }) => name).join(', ')} (default: all)`;

const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'hc-dark': 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
};

void toolMain(async (scope) => {
  const [folder, ...names] = process.argv.slice(2);
  if (!folder || folder.startsWith('-')) throw new ToolError(usage);
  const unknown = names.find((name) => !surfaces.some((surface) => surface.name === name));
  if (unknown) throw new ToolError(`There is no surface ${unknown}.\n\n${usage}`);
  const wanted = surfaces.filter(({ name }) => names.length === 0 || names.includes(name));
  const target = path.resolve(process.env['INIT_CWD'] ?? process.cwd(), folder);
  await mkdir(target, { recursive: true });

  const installation = await ensureHost(console.log);
  const vsix = await packageVsix();
  const { browser } = await launchBrowser(scope);
  const server = await startServer(scope, { installation, vsix: vsix.path });
  let failed = 0;
  for (const surface of wanted) {
    for (const [theme, label] of Object.entries(themes)) {
      // A window for each picture: what one surface opens must not stand in the next one's way.
      const workbench = await Workbench.open(server, browser, repositoryRoot(), target, {
        ...surface.window,
        settings: { ...surface.window.settings, 'workbench.colorTheme': label },
      });
      const name = `${surface.name}-${theme}`;
      try {
        await surface.show(workbench);
        console.log(await workbench.screenshot(name));
      } catch (error) {
        failed++;
        const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
        console.error(`${name}: ${reason ?? ''} (${await workbench.screenshot(`failed-${name}`)})`);
      }
      await workbench.close();
    }
  }
  return failed > 0 ? 1 : 0;
});
