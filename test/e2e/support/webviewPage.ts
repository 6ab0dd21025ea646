import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pageHtml, type PageSurfaceKind } from '../../../src/ui/panel/html';
import { inRepository } from '../../host/paths';
import { type PanelTheme, panelThemes } from './panelThemes';

const origin = 'https://panel.test';

export interface WebviewPageOptions {
  /** Of the bundle in `dist/webview`, without its suffix. */
  readonly bundle: string;
  readonly surface: PageSurfaceKind;
  readonly theme: string;
  readonly widthPx: number;
  /** What VS Code has kept for the page. */
  readonly state?: unknown;
}

/**
 * The document of a page without VS Code: the shipped bundle under the real policy, in a browser's page of its own,
 * with the test as its host. For what a workbench cannot be brought to show, such as two graphics processors.
 */
export class WebviewPage<Received extends { readonly type: string }> {
  /** What the page sent, in order. */
  readonly received: Received[] = [];
  /** What the page asked VS Code to keep, in order. */
  readonly kept: unknown[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {}

  static async open<Received extends { readonly type: string }>(
    browser: Browser,
    { bundle, surface, theme: themeName, widthPx, state }: WebviewPageOptions,
  ): Promise<WebviewPage<Received>> {
    const { bodyClass } = themeOf(themeName);
    const context = await browser.newContext({
      viewport: { width: widthPx, height: 900 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const opened = new WebviewPage<Received>(page, context);
    await page.exposeFunction('toHost', (message: Received) => opened.received.push(message));
    await page.exposeFunction('keepState', (kept: unknown) => opened.kept.push(kept));
    await page.addInitScript(
      `window.acquireVsCodeApi = () => ({ postMessage: window.toHost, getState: () => (${JSON.stringify(state ?? null)}), setState: window.keepState })`,
    );
    await page.route(`${origin}/**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const body = name === '' ? documentOf(bundle, surface, bodyClass) : undefined;
      if (body !== undefined) await route.fulfill({ contentType: 'text/html', body });
      else await route.fulfill({ path: inRepository('dist', 'webview', name) });
    });
    await page.goto(origin);
    await opened.setTheme(themeName);
    return opened;
  }

  /** Changes the theme as VS Code does, which leaves the document as it is. */
  async setTheme(name: string): Promise<void> {
    const { bodyClass, colors } = themeOf(name);
    const styles = Object.entries({ ...fonts, ...colors }).map(([property, value]) => [
      `--vscode-${property}`,
      value,
    ]);
    await this.page.evaluate(`
      document.documentElement.removeAttribute('style');
      for (const [name, value] of ${JSON.stringify(styles)}) document.documentElement.style.setProperty(name, value);
      const ground = document.body.dataset.surface === 'sidebar' ? 'sideBar' : 'editor';
      document.documentElement.style.background = \`var(--vscode-\${ground}-background)\`;
      document.body.className = '${bodyClass}';`);
  }

  /** Hands a message to the page, which draws it before this resolves. */
  async send(message: Readonly<Record<string, unknown>>): Promise<void> {
    await this.page.evaluate(
      `dispatchEvent(new MessageEvent('message', { data: ${JSON.stringify(message)} }))`,
    );
  }

  faults(): string[] {
    return this.received.flatMap((message) =>
      message.type === 'fault' && 'message' in message ? [String(message.message)] : [],
    );
  }

  async overflowPx(): Promise<number> {
    return this.page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

const fonts = {
  'font-size': '13px',
  'font-family': 'system-ui, sans-serif',
  'editor-font-family': 'monospace',
};

function themeOf(name: string): PanelTheme {
  const theme = panelThemes[name];
  if (!theme) throw new Error(`no theme ${name}`);
  return theme;
}

/** VS Code sets the body's class before the page's script runs. */
function documentOf(bundle: string, surface: PageSurfaceKind, bodyClass: string): string {
  return pageHtml({
    title: 'Sentinel',
    cspSource: origin,
    nonce: 'bm9uY2U',
    scriptUri: `${origin}/${bundle}.js`,
    styleUri: `${origin}/${bundle}.css`,
    surface,
  }).replace('<body ', `<body class="${bodyClass}" `);
}

/** Fails early, in words, when the bundle is missing. */
export async function requireBundle(bundle: string): Promise<void> {
  await readFile(inRepository('dist', 'webview', `${bundle}.js`)).catch(() => {
    throw new Error(`dist/webview/${bundle}.js is missing: build first.`);
  });
}
