import type * as vscode from 'vscode';
import { ThrottledTask } from '../../services/tasks/throttledTask';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { Translate } from '../translate';
import type { HistoryModel } from './historyModel';

/** The part of a `vscode.InputBox` that is used. */
export type FilterBox = Pick<
  vscode.InputBox,
  | 'title'
  | 'placeholder'
  | 'validationMessage'
  | 'ignoreFocusOut'
  | 'value'
  | 'onDidChangeValue'
  | 'onDidAccept'
  | 'onDidHide'
  | 'show'
  | 'dispose'
>;

/** Between two letters of somebody who types. */
const typingMs = 200;

/** Asks for words, and filters while they are typed. However it is left, the filter stays as it was typed last. */
export class FilterInput implements Disposable {
  private open: { readonly box: FilterBox; readonly store: DisposableStore } | undefined;

  constructor(
    private readonly model: Pick<HistoryModel, 'filterChoice' | 'setFilter'>,
    private readonly clock: Clock,
    private readonly createBox: () => FilterBox,
    private readonly hint: (text: string) => string | vscode.InputBoxValidationMessage,
    private readonly t: Translate,
  ) {}

  show(): void {
    this.open ??= this.create();
    this.open.box.show();
  }

  dispose(): void {
    this.open?.store.dispose();
    this.open = undefined;
  }

  private create(): { readonly box: FilterBox; readonly store: DisposableStore } {
    const { t } = this;
    const store = new DisposableStore();
    const box = store.add(this.createBox());
    box.title = t('Filter Scan History');
    box.placeholder = t('Words of target, findings, summary or hash');
    // In the place of a prompt, to which VS Code adds that Escape cancels.
    box.validationMessage = this.hint(t('All words have to occur. Leave it empty to see everything.'));
    // The view, and a report that is open, may take the focus back after the box is there.
    box.ignoreFocusOut = true;
    box.value = this.model.filterChoice.text;
    const apply = (text: string): void => {
      if (text !== this.model.filterChoice.text) this.model.setFilter({ ...this.model.filterChoice, text });
    };
    const typing = store.add(new ThrottledTask(this.clock, typingMs, apply));
    store.add(
      box.onDidChangeValue((value) => {
        void typing.request(value);
      }),
    );
    store.add(
      box.onDidAccept(() => {
        this.dispose();
      }),
    );
    store.add(
      box.onDidHide(() => {
        this.dispose();
      }),
    );
    // What was typed last may not have been applied yet.
    store.add({
      dispose: () => {
        apply(box.value);
      },
    });
    return { box, store };
  }
}
