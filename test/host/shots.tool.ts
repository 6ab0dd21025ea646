import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Workbench } from '../e2e/support/workbench';
import { launchBrowser } from './browser';
import { ensureHost } from './install';
import { packageVsix } from './packaging';
import { startServer } from './server';
import { surfaces } from './surfaces';
import { temporaryFolder } from './temporaryFolder';
import { ToolError } from './toolError';
import { toolMain } from './toolMain';

const usage = `Usage: npm run shots -- DIR [SURFACE …]

Writes pictures of Sentinel's surfaces, each in four themes, to DIR/SURFACE-THEME.png.

Surfaces: ${surfaces.map(({ name }) => name).join(', ')} (default: all)`;

/** VS Code's names of the themes, and the class that the workbench has under them. */
const themes = {
  dark: { label: 'Default Dark Modern', kind: 'vs-dark' },
  light: { label: 'Default Light Modern', kind: 'vs' },
  'hc-dark': { label: 'Default High Contrast', kind: 'hc-black' },
  'hc-light': { label: 'Default High Contrast Light', kind: 'hc-light' },
};

/** Webviews hear of a new theme a moment after the workbench. */
const settleMs = 1_500;

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
  const project = path.join(temporaryFolder(scope, 'shots').path, 'project');
  await mkdir(project);
  let failed = 0;
  for (const surface of wanted) {
    await surface.prepare?.(server);
    const workbench = await Workbench.open(server, browser, project, target, surface.window);
    try {
      await surface.show(workbench);
      for (const [name, theme] of Object.entries(themes)) {
        await workbench.writeSettings({ ...surface.window.settings, 'workbench.colorTheme': theme.label });
        await workbench.page.locator(`.monaco-workbench.${theme.kind}`).waitFor();
        await surface.pose?.(workbench);
        await delay(settleMs);
        console.log(await workbench.screenshot(`${surface.name}-${name}`));
      }
    } catch (error) {
      failed++;
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`${surface.name}: ${reason}\n${await workbench.screenshot(`failed-${surface.name}`)}`);
    }
    await workbench.close();
  }
  return failed > 0 ? 1 : 0;
});
