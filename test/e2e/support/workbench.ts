import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import type { HostServer } from '../../host/server';
import type { UserSettings } from '../../host/userSettings';
import { ConsoleLog } from './consoleLog';
import { until } from './until';

export interface WorkbenchOptions {
  readonly width?: number;
  readonly height?: number;
  /** User settings for this window, on top of the quiet ones. */
  readonly settings?: UserSettings;
}

const readyLimitMs = 60_000;

/** A VS Code window as a person sees it: one browser page with its own storage, on one folder. */
export class Workbench {
  readonly console: ConsoleLog;

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly server: HostServer,
    private readonly folder: string,
    private readonly screenshots: string,
  ) {
    this.console = new ConsoleLog(page);
  }

  /** Opens a window and waits until its side bar and status bar stand. */
  static async open(
    server: HostServer,
    browser: Browser,
    folder: string,
    screenshots: string,
    options: WorkbenchOptions = {},
  ): Promise<Workbench> {
    await server.writeSettings(options.settings ?? {});
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
    });
    const workbench = new Workbench(await context.newPage(), context, server, folder, screenshots);
    await workbench.#load();
    return workbench;
  }

  /** Opens a further window of the same person, whose browser keeps the state of all of their windows. */
  async openBeside(): Promise<Workbench> {
    const { context, server, folder, screenshots } = this;
    const workbench = new Workbench(await context.newPage(), context, server, folder, screenshots);
    await workbench.#load();
    return workbench;
  }

  async #load(): Promise<void> {
    await this.page.goto(this.server.address(this.folder));
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: readyLimitMs });
    // The remote indicator's text appears once the window is connected to its extension host.
    await this.page.locator('.explorer-folders-view').waitFor({ state: 'attached', timeout: readyLimitMs });
  }

  /** Reloads the window, as "Developer: Reload Window" does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: readyLimitMs });
  }

  /** Changes the user settings of the running window. */
  async writeSettings(settings: UserSettings): Promise<void> {
    await this.server.writeSettings(settings);
  }

  /** Runs a command from the palette by its full title, e.g. "Sentinel: Pause Live Metrics". */
  async runCommand(title: string): Promise<void> {
    await until(
      `"${title}" in the command palette`,
      async () => {
        await this.#openPalette(title);
        await this.pickEntry(exactly(title), 2_000);
        return true;
      },
      // Commands of an extension that is just being activated appear late.
      30_000,
    );
  }

  /** Chooses an entry of the open palette or list by its label. */
  async pickEntry(label: string | RegExp, limitMs = 15_000): Promise<void> {
    const labels = this.page.locator('.label-name').filter({ hasText: label });
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ has: labels }).first();
    await row.waitFor({ timeout: limitMs });
    await row.click({ timeout: limitMs });
  }

  /** Titles that the palette offers for a search text. */
  async paletteEntries(search: string): Promise<string[]> {
    await this.#openPalette(search);
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await until(`palette entries for ${search}`, async () => (await rows.count()) > 0);
    const labels = await Promise.all((await rows.all()).map((row) => row.getAttribute('aria-label')));
    await this.page.keyboard.press('Escape');
    return labels.filter((label) => label !== null);
  }

  async #openPalette(search: string): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget:visible input[type="text"]:visible').first();
    await input.fill(`>${search}`, { timeout: 2_000 });
  }

  /** The status bar item whose text or accessible name matches. */
  statusBarItem(text: string | RegExp): Locator {
    const items = this.page.locator('.part.statusbar .statusbar-item');
    return items
      .filter({ hasText: text })
      .or(items.and(this.page.getByLabel(text)))
      .first();
  }

  /** Opens a container of the activity bar by its name; does nothing if it is open already. */
  async openSideBarView(label: string): Promise<void> {
    const action = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.getByLabel(label) });
    const isOpen = async (): Promise<boolean> =>
      (await action.first().getAttribute('class'))?.includes('checked') ?? false;
    await until(`${label} in the side bar`, async () => {
      if (await isOpen()) return true;
      // Not its label, which a badge may lie over. A window that is restoring its side bar takes this for its closing.
      await action.first().click({ timeout: 5_000 });
      return until('the click to take effect', isOpen, 2_000);
    });
  }

  /** Drags the side bar's border until the side bar is about as wide as asked. */
  async resizeSideBar(widthPx: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (!box) throw new Error('The side bar is not visible.');
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + widthPx, y, { steps: 8 });
    await this.page.mouse.up();
    // The sash keeps its highlight while the pointer is over it.
    await this.page.mouse.move(box.x + widthPx + 40, y);
  }

  /**
   * The innermost frame of a webview that holds an element. Give a selector that exists in one webview alone, for
   * example its main heading or root id.
   */
  async webviewFrame(selectorInside: string, limitMs = 30_000): Promise<Frame> {
    return until(
      `a webview with ${selectorInside}`,
      async () => {
        for (const frame of this.page.frames()) {
          if (frame === this.page.mainFrame()) continue;
          if ((await frame.locator(selectorInside).count()) > 0) return frame;
        }
        return undefined;
      },
      limitMs,
    );
  }

  /** Notifications that are on screen now. */
  toasts(): Locator {
    return this.page.locator('.notification-toast .notification-list-item');
  }

  /** Waits for a notification with this text. */
  async toast(text: string | RegExp): Promise<Locator> {
    const toast = this.toasts().filter({ hasText: text }).first();
    await toast.waitFor();
    return toast;
  }

  /** Writes a picture of the whole window and returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(this.screenshots, { recursive: true });
    const file = path.join(this.screenshots, `${name.replace(/[^\w.-]+/g, '-').slice(0, 120)}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  async close(): Promise<void> {
    // A page that goes says goodbye to its extension host, which ends it at once; a context that is torn down may not.
    await this.page.close();
    if (this.context.pages().length === 0) await this.context.close();
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
