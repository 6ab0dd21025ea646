import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { HostToPanel, PanelToHost } from '../../../src/shared/protocol/panel';
import { pageHtml } from '../../../src/ui/panel/html';
import { inRepository } from '../../host/paths';
import { panelThemes } from './panelThemes';

const origin = 'https://panel.test';

/**
 * The live panel's document without VS Code: the shipped bundle under the real policy, in a page of its own, with
 * the test as its host. For what a workbench cannot be brought to show, such as two graphics processors.
 */
export class PanelPage {
  /** What the panel sent, in order. */
  readonly received: PanelToHost[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {}

  static async open(browser: Browser, themeName: string, widthPx: number): Promise<PanelPage> {
    const theme = panelThemes[themeName];
    if (!theme) throw new Error(`no theme ${themeName}`);
    const context = await browser.newContext({
      viewport: { width: widthPx, height: 900 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const opened = new PanelPage(page, context);
    await page.exposeFunction('toHost', (message: PanelToHost) => opened.received.push(message));
    await page.addInitScript(
      `window.acquireVsCodeApi = () => ({ postMessage: window.toHost, getState() {}, setState() {} })`,
    );
    await page.route(`${origin}/**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      if (name === '') await route.fulfill({ contentType: 'text/html', body: document(theme.bodyClass) });
      else await route.fulfill({ path: inRepository('dist', 'webview', name) });
    });
    await page.goto(origin);
    const styles = Object.entries(theme.colors).map(([name, color]) => [`--vscode-${name}`, color]);
    await page.evaluate(`for (const [name, color] of ${JSON.stringify(styles)}) document.documentElement.style.setProperty(name, color);
      document.documentElement.style.background = 'var(--vscode-sideBar-background)';
      document.documentElement.style.setProperty('--vscode-font-size', '13px');`);
    return opened;
  }

  /** Hands a message to the panel, which draws it before this resolves. */
  async send(message: HostToPanel | Readonly<Record<string, unknown>>): Promise<void> {
    await this.page.evaluate(
      `dispatchEvent(new MessageEvent('message', { data: ${JSON.stringify(message)} }))`,
    );
  }

  faults(): string[] {
    return this.received.flatMap((message) => (message.type === 'fault' ? [message.message] : []));
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

/** VS Code sets the body's class before the panel's script runs. */
function document(bodyClass: string): string {
  return pageHtml({
    title: 'Sentinel Live',
    cspSource: origin,
    nonce: 'bm9uY2U',
    scriptUri: `${origin}/live.js`,
    styleUri: `${origin}/live.css`,
    surface: 'sidebar',
  }).replace('<body ', `<body class="${bodyClass}" `);
}

/** Fails early, in words, when the bundle is missing. */
export async function requirePanelBundle(): Promise<void> {
  await readFile(inRepository('dist', 'webview', 'live.js')).catch(() => {
    throw new Error('dist/webview/live.js is missing: build first.');
  });
}
