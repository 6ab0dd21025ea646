import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { Emitter } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import { readSettings, type Settings, settingsSection } from './settings';

/** The settings as they are now. */
export class SettingsStore implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<Settings>());
  private settings: Settings;

  readonly onChanged = this.changes.event;

  constructor(private readonly logger: Logger) {
    this.settings = this.read();
    this.store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(settingsSection)) return;
        this.settings = this.read();
        this.changes.fire(this.settings);
      }),
    );
  }

  get current(): Settings {
    return this.settings;
  }

  /** As they hold for a file or folder, where the workspace has several folders with settings of their own. */
  at(uri: vscode.Uri): Settings {
    return readSettings(vscode.workspace.getConfiguration(settingsSection, uri), this.logger);
  }

  dispose(): void {
    this.store.dispose();
  }

  private read(): Settings {
    return readSettings(vscode.workspace.getConfiguration(settingsSection), this.logger);
  }
}
