import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import type { HostServer } from '../../host/server';
import type { UserSettings } from '../../host/userSettings';
import { ConsoleLog } from './consoleLog';
import { exactly } from './exactly';
import { until } from './until';
import { becomesHidden } from './visibility';

export interface WorkbenchOptions {
  readonly width?: number;
  readonly height?: number;
  /** User settings for this window, on top of the quiet ones. */
  readonly settings?: UserSettings;
}

/** Of the start of a window, and of what is done and waited for in it: only a machine's speed is at stake. */
const readyLimitMs = 120_000;
const actionLimitMs = 45_000;

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
    context.setDefaultTimeout(actionLimitMs);
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
    await this.page.goto(this.server.address(this.folder), { timeout: readyLimitMs });
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: readyLimitMs });
    // The remote indicator's text appears once the window is connected to its extension host.
    await this.page.locator('.explorer-folders-view').waitFor({ state: 'attached', timeout: readyLimitMs });
  }

  /** Reloads the window, as "Developer: Reload Window" does. */
  async reload(): Promise<void> {
    await this.page.reload({ timeout: readyLimitMs });
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
        // Commands of an extension that is just being activated appear late.
        await this.listRow(exactly(title)).waitFor({ timeout: 10_000 });
        await this.pickEntry(exactly(title), 20_000);
        return true;
      },
      120_000,
    );
  }

  /** The field of a box or list that asks for something, by its title; without one, of the open palette. */
  quickInput(title?: string): Locator {
    const widget = this.page.locator('.quick-input-widget:visible');
    const shown =
      title === undefined
        ? widget
        : widget.filter({ has: this.page.locator('.quick-input-title', { hasText: title }) });
    return shown.locator('.quick-input-box input:visible');
  }

  /** An entry of the open palette or list, by its label. */
  listRow(label: string | RegExp): Locator {
    const labels = this.page.locator('.label-name').filter({ hasText: label });
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ has: labels }).first();
  }

  /** Chooses an entry of the open palette or list, which closes or shows others then. */
  async pickEntry(label: string | RegExp, limitMs = 30_000): Promise<void> {
    const row = this.listRow(label);
    await row.click({ timeout: limitMs });
    await until(`the list to take the click on ${label}`, async () => {
      if (await becomesHidden(row, 3_000)) return true;
      // Rows that are drawn anew between press and release lose a click.
      await row.click({ timeout: 5_000 });
      return false;
    });
  }

  /** Titles that the palette offers for a search text, once they are the ones for it: an expected one is there. */
  async paletteEntries(search: string, expected: string): Promise<string[]> {
    const rows = '.quick-input-list .monaco-list-row';
    const entries = await until(
      `${expected} in the palette`,
      async () => {
        await this.#openPalette(search);
        await this.listRow(exactly(expected)).waitFor({ timeout: 10_000 });
        // All at once: rows that are drawn anew meanwhile would be waited for.
        const labels = await this.page.evaluate<string[]>(
          `[...document.querySelectorAll('${rows}')].map((row) => row.getAttribute('aria-label') ?? '')`,
        );
        return labels.some((label) => label.startsWith(expected)) && labels;
      },
      60_000,
    );
    await this.page.keyboard.press('Escape');
    return entries;
  }

  async #openPalette(search: string): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('F1');
    const input = this.quickInput();
    // What another box asked for is no place for the search.
    await until(
      'the palette',
      async () => (await input.inputValue({ timeout: 1_000 })).startsWith('>'),
      10_000,
    );
    await input.fill(`>${search}`, { timeout: 10_000 });
  }

  /** Closes all editors and waits until they are gone, so that none of them is taken for one that opens next. */
  async closeEditors(): Promise<void> {
    await this.runCommand('View: Close All Editors');
    await this.page.locator('.part.editor .tab').first().waitFor({ state: 'detached' });
    await until('no webview of an editor', async () => {
      const counts = this.page.frames().map((frame) => frame.locator('body[data-surface="editor"]').count());
      return (await Promise.all(counts)).every((count) => count === 0);
    });
  }

  /** The status bar item whose text or accessible name matches. */
  statusBarItem(text: string | RegExp): Locator {
    const items = this.page.locator('.part.statusbar .statusbar-item');
    return items
      .filter({ hasText: text })
      .or(items.and(this.page.getByLabel(text)))
      .first();
  }

  /** Waits until Sentinel has been activated and shows figures. Returns its item in the status bar. */
  async sentinelRuns(): Promise<Locator> {
    const item = this.statusBarItem(/\d+ ?%/);
    await item.waitFor({ timeout: readyLimitMs });
    return item;
  }

  /** Opens a container of the activity bar by its name; does nothing if it is open already. */
  async openSideBarView(label: string): Promise<void> {
    const action = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.getByLabel(label) });
    const isOpen = async (): Promise<boolean> =>
      (await action.first().getAttribute('class'))?.includes('checked') ?? false;
    await until(
      `${label} in the side bar`,
      async () => {
        if (await isOpen()) return true;
        // Not its label, which a badge may lie over. A window that is restoring its side bar takes this for its closing.
        await action.first().click({ timeout: 20_000 });
        return until('the click to take effect', isOpen, 5_000);
      },
      60_000,
    );
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
  async webviewFrame(selectorInside: string, limitMs = 90_000): Promise<Frame> {
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

  /** Waits for a notification with this text. It is gone after ten seconds, so that this comes before other waiting. */
  async toast(text: string | RegExp): Promise<Locator> {
    const toast = this.toasts().filter({ hasText: text }).first();
    await toast.waitFor({ timeout: 60_000 });
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
