import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable';
import { pageHtml, type PageSurfaceKind } from './html';
import type { PageSurface } from './pageSession';

/** How VS Code's view and its editor panel tell that they are seen; they differ in names. */
export interface Visibility {
  isVisible(): boolean;
  onVisibilityChange(listener: () => void): Disposable;
}

/** A view's visibility and an editor panel's, as one. */
export function panelVisibility(panel: vscode.WebviewPanel): Visibility {
  return {
    isVisible: () => panel.visible,
    onVisibilityChange: (listener) =>
      panel.onDidChangeViewState(() => {
        listener();
      }),
  };
}

/** A webview as a session sees it. */
export function surfaceOf<Sent>(webview: vscode.Webview, visibility: Visibility): PageSurface<Sent> {
  return {
    get visible() {
      return visibility.isVisible();
    },
    onVisibilityChange: (listener) =>
      visibility.onVisibilityChange(() => {
        listener();
      }),
    onMessage: (listener) => webview.onDidReceiveMessage(listener),
    post: (message) => webview.postMessage(message),
  };
}

export interface PageSource {
  /** Of the bundle in `dist/webview`, without its suffix. */
  readonly bundle: string;
  readonly title: string;
  readonly surface: PageSurfaceKind;
}

/** Loads a page into a webview. Comes after whoever listens to it: its first message must find a listener. */
export function loadPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  { bundle, title, surface }: PageSource,
): void {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const uriOf = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  webview.html = pageHtml({
    title,
    cspSource: webview.cspSource,
    nonce: randomBytes(18).toString('base64url'),
    scriptUri: uriOf(`${bundle}.js`),
    styleUri: uriOf(`${bundle}.css`),
    surface,
  });
}
