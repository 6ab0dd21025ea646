import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Workbench } from '../e2e/support/workbench';
import { launchBrowser } from './browser';
import { ensureHost } from './install';
import { packageVsix } from './packaging';
import { startServer } from './server';
import { surfaces } from './surfaces';
import { temporaryFolder } from './temporaryFolder';
import { ToolError } from './toolError';
import { toolMain } from './toolMain';

interface Theme {
  readonly label: string;
  /** The class that the workbench has under it. */
  readonly kind: string;
}

/** By VS Code's names. */
const themes: Readonly<Record<string, Theme>> = {
  dark: { label: 'Default Dark Modern', kind: 'vs-dark' },
  light: { label: 'Default Light Modern', kind: 'vs' },
  'hc-dark': { label: 'Default High Contrast', kind: 'hc-black' },
  'hc-light': { label: 'Default High Contrast Light', kind: 'hc-light' },
};

const usage = `Usage: npm run shots -- DIR [SURFACE …] [--theme THEME …]

Writes pictures of Sentinel's surfaces to DIR/SURFACE-THEME.png.

Surfaces: ${surfaces.map(({ name }) => name).join(', ')} (default: all)
Themes: ${Object.keys(themes).join(', ')} (default: all)`;

/** Webviews hear of a new theme a moment after the workbench. */
const settleMs = 1_500;
const startLimitMs = 60_000;

void toolMain(async (scope) => {
  const { target, wanted, wantedThemes } = readArguments(process.argv.slice(2));
  await mkdir(target, { recursive: true });

  const installation = await ensureHost(console.log);
  const vsix = await packageVsix();
  const { browser } = await launchBrowser(scope);
  const tools = temporaryFolder(scope, 'tools').path;
  // Without the second, VS Code would take PATH from a login shell.
  const env = { PATH: [tools, process.env['PATH']].join(path.delimiter), VSCODE_CLI: '1' };
  const server = await startServer(scope, { installation, vsix: vsix.path, env });
  const project = path.join(temporaryFolder(scope, 'shots').path, 'project');
  let failed = 0;
  for (const surface of wanted) {
    await rm(project, { recursive: true, force: true });
    await mkdir(project);
    const stage = { server, project, tools };
    await surface.prepare?.(stage);
    let workbench: Workbench | undefined;
    try {
      workbench = await Workbench.open(server, browser, project, target, surface.window);
      // Until Sentinel runs, a command only waits for it.
      await workbench.statusBarItem(/\d+ ?%/).waitFor({ timeout: startLimitMs });
      await surface.show(workbench, stage);
      for (const [name, theme] of wantedThemes) {
        await workbench.writeSettings({ ...surface.window.settings, 'workbench.colorTheme': theme.label });
        await workbench.page.locator(`.monaco-workbench.${theme.kind}`).waitFor();
        await surface.pose?.(workbench);
        await delay(settleMs);
        console.log(await workbench.screenshot(`${surface.name}-${name}`));
      }
    } catch (error) {
      failed++;
      console.error(`${surface.name}: ${error instanceof Error ? error.message : String(error)}`);
      const picture = await workbench?.screenshot(`failed-${surface.name}`);
      if (picture !== undefined) console.error(picture);
    }
    await workbench?.close();
  }
  return failed > 0 ? 1 : 0;
});

function readArguments(args: readonly string[]): {
  readonly target: string;
  readonly wanted: typeof surfaces;
  readonly wantedThemes: readonly [string, Theme][];
} {
  const { positionals, values } = parsedArguments(args);
  const [folder, ...names] = positionals;
  if (folder === undefined) throw new ToolError(usage);
  const unknown =
    names.find((name) => !surfaces.some((surface) => surface.name === name)) ??
    values.theme?.find((name) => !(name in themes));
  if (unknown !== undefined) throw new ToolError(`There is no surface and no theme ${unknown}.\n\n${usage}`);
  return {
    target: path.resolve(process.env['INIT_CWD'] ?? process.cwd(), folder),
    wanted: surfaces.filter(({ name }) => names.length === 0 || names.includes(name)),
    wantedThemes: Object.entries(themes).filter(([name]) => values.theme?.includes(name) ?? true),
  };
}

function parsedArguments(args: readonly string[]): {
  readonly positionals: readonly string[];
  readonly values: { readonly theme?: readonly string[] };
} {
  try {
    const options = { theme: { type: 'string', multiple: true } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new ToolError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}
