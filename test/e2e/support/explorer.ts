import type { Locator } from 'playwright-core';
import { ContextMenu } from './contextMenu';
import { exactly } from './exactly';
import { expand } from './treeRow';
import type { Workbench } from './workbench';

/** VS Code's own explorer, as a person uses it. */
export class Explorer {
  constructor(private readonly workbench: Workbench) {}

  /** The row of a file or folder, if it is on screen. */
  row(name: string): Locator {
    const label = this.workbench.page.locator('.label-name', { hasText: exactly(name) });
    return this.workbench.page.locator('.explorer-folders-view .monaco-list-row').filter({ has: label });
  }

  /** Opens the view, and folders in it, outermost first. */
  async open(...folders: readonly string[]): Promise<void> {
    await this.workbench.openSideBarView('Explorer');
    for (const folder of folders) await expand(this.row(folder));
  }

  /** Chooses an entry of a row's context menu. */
  async choose(name: string, entry: string): Promise<void> {
    await new ContextMenu(this.workbench.page).choose(() => this.#openMenu(name), entry);
  }

  /** The entries of a row's context menu. @param among one that has to be there */
  async entries(name: string, among: string): Promise<string[]> {
    return new ContextMenu(this.workbench.page).entries(() => this.#openMenu(name), among);
  }

  async #openMenu(name: string): Promise<void> {
    await this.row(name).click({ button: 'right', timeout: 20_000 });
  }
}
