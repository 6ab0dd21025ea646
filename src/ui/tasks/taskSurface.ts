import * as vscode from 'vscode';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import type { Notifications } from '../notifications';
import { TaskList } from './taskList';
import { announceOutcomes } from './taskOutcomes';
import { type ShowProgress, TaskProgress } from './taskProgress';
import type { TaskSource } from './taskSource';
import { TaskStatusItem } from './taskStatusItem';

/** Everything by which tasks are seen: progress, list, status bar item and words about their end. */
export class TaskSurface implements Disposable {
  private readonly store = new DisposableStore();
  private readonly list: TaskList;

  /** @param listCommand shows the list, and so comes to `showList` */
  constructor(
    source: TaskSource,
    clock: Clock,
    notifications: Notifications,
    logger: Logger,
    listCommand: string,
  ) {
    const { t } = vscode.l10n;
    this.list = this.store.add(
      new TaskList({
        source,
        clock,
        t,
        createPick: () => vscode.window.createQuickPick(),
        buttons: {
          pause: { iconPath: new vscode.ThemeIcon('debug-pause'), tooltip: t('Pause') },
          resume: { iconPath: new vscode.ThemeIcon('debug-start'), tooltip: t('Resume') },
          cancel: { iconPath: new vscode.ThemeIcon('close'), tooltip: t('Cancel') },
          back: vscode.QuickInputButtons.Back,
        },
        onRefused: (sentence) => {
          notifications.warning(sentence);
        },
      }),
    );
    this.store.add(new TaskProgress(source, clock, showProgress, t));
    this.store.add(new TaskStatusItem(source, clock, () => createItem(listCommand), t));
    this.store.add(announceOutcomes(source, notifications, logger, t));
  }

  showList(): void {
    this.list.show();
  }

  dispose(): void {
    this.store.dispose();
  }
}

const showProgress: ShowProgress = (title, run) =>
  vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) =>
      run(
        (step) => {
          progress.report(step);
        },
        (listener) => token.onCancellationRequested(listener),
      ),
  );

function createItem(command: string): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem('sentinel.tasks', vscode.StatusBarAlignment.Right, 91);
  item.name = vscode.l10n.t('Sentinel: Running Tasks');
  item.command = command;
  return item;
}
