import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import type { PageSurfaceKind } from './html';
import type { PanelModel } from './panelModel';
import { PanelSession } from './panelSession';
import { loadPage, panelVisibility, surfaceOf, type Visibility } from './webviewPage';

/** The view in Sentinel's container of the activity bar, as the manifest names it. */
const liveViewId = 'sentinel.live';
/** The kind of editor tab that holds the same panel. */
const livePanelType = 'sentinel.livePanel';

/**
 * The live panel, in the side bar and, on demand, in one editor tab. Hidden documents are thrown away: the model
 * keeps the history, and a panel that is shown again gets it back.
 */
export class LivePanel implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, Disposable {
  private readonly sessions = new Set<PanelSession>();
  private tab: vscode.WebviewPanel | undefined;

  constructor(
    private readonly model: PanelModel,
    private readonly extensionUri: vscode.Uri,
    private readonly logger: Logger,
  ) {}

  /** Tells VS Code who fills the view, and who fills the tab when a window is reloaded. */
  register(): Disposable {
    const registrations = new DisposableStore();
    registrations.add(vscode.window.registerWebviewViewProvider(liveViewId, this));
    registrations.add(vscode.window.registerWebviewPanelSerializer(livePanelType, this));
    return registrations;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const session = this.attach(view.webview, 'sidebar', {
      isVisible: () => view.visible,
      onVisibilityChange: (listener) => view.onDidChangeVisibility(listener),
    });
    view.onDidDispose(() => {
      this.detach(session);
    });
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adoptTab(panel);
    return Promise.resolve();
  }

  /** Opens the panel in an editor tab, or shows the one that is open. */
  openInEditor(): void {
    if (this.tab) {
      this.tab.reveal();
      return;
    }
    const title = vscode.l10n.t('Sentinel Live');
    this.adoptTab(vscode.window.createWebviewPanel(livePanelType, title, vscode.ViewColumn.Active));
  }

  /** Ends every conversation. An open tab stays: VS Code brings it back after a reload, which would else close it. */
  dispose(): void {
    for (const session of this.sessions) session.dispose();
    this.sessions.clear();
  }

  private adoptTab(panel: vscode.WebviewPanel): void {
    this.tab = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.extensionUri, 'media', 'tab-light.svg'),
      dark: vscode.Uri.joinPath(this.extensionUri, 'media', 'tab-dark.svg'),
    };
    const session = this.attach(panel.webview, 'editor', panelVisibility(panel));
    panel.onDidDispose(() => {
      this.detach(session);
      if (this.tab === panel) this.tab = undefined;
    });
  }

  private attach(webview: vscode.Webview, surface: PageSurfaceKind, visibility: Visibility): PanelSession {
    const session = new PanelSession(surfaceOf(webview, visibility), this.model, this.logger);
    this.sessions.add(session);
    loadPage(webview, this.extensionUri, { bundle: 'live', title: 'Sentinel Live', surface });
    return session;
  }

  private detach(session: PanelSession): void {
    session.dispose();
    this.sessions.delete(session);
  }
}
