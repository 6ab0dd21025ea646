import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';

/** Texts in documents that cannot be changed. Each is kept as long as its document is open. */
export class ShownDocuments implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<vscode.Uri>());
  private readonly texts = new Map<string, string>();
  private lastNumber = 0;

  /**
   * @param scheme of the addresses of these documents alone
   * @param goneText for those that VS Code opens again in a window that has not shown them
   */
  constructor(
    private readonly scheme: string,
    goneText: string,
  ) {
    this.store.add(
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.changed.event,
        provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? goneText,
      }),
    );
    this.store.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.texts.delete(uri.toString());
      }),
    );
  }

  /** @returns an address that no other document has. @param name what its tab says */
  newAddress(name: string): vscode.Uri {
    return vscode.Uri.from({ scheme: this.scheme, path: `/${++this.lastNumber}/${name}` });
  }

  /** Opens the document, or shows another text in it where it is open. */
  async show(address: vscode.Uri, text: string): Promise<void> {
    this.texts.set(address.toString(), text);
    this.changed.fire(address);
    const document = await vscode.workspace.openTextDocument(address);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.store.dispose();
    this.texts.clear();
  }
}
