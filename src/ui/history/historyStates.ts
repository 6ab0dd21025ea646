import path from 'node:path';
import type { History } from '../../services/history/history';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { NotificationAction, Notifications } from '../notifications';
import type { Translate } from '../translate';
import { setAsideText, stateText } from './historyStateTexts';

/**
 * Says once when the history cannot be saved or read, and again only when that was over in between; and each time that
 * a file was set aside.
 * @param fileAction what can be done with a file that was set aside
 */
export function announceHistoryStates(
  history: Pick<History, 'state' | 'onStateChanged' | 'onSetAside'>,
  notifications: Pick<Notifications, 'warning' | 'showLogAction'>,
  fileAction: (file: string) => NotificationAction,
  t: Translate,
): Disposable {
  const store = new DisposableStore();
  /** The kind of state that has been told and is not over. */
  let told: string | undefined;
  const announce = (): void => {
    const { state } = history;
    // A thread that rests says nothing about the disk.
    if (state.type === 'closed') return;
    const text = stateText(state, t);
    if (text !== undefined && told !== state.type) notifications.warning(text, notifications.showLogAction);
    told = text === undefined ? undefined : state.type;
  };
  store.add(history.onStateChanged(announce));
  store.add(
    history.onSetAside((setAside) => {
      const { file, problem } = setAside;
      const action = problem === 'missing' ? notifications.showLogAction : fileAction(file);
      notifications.warning(setAsideText(setAside, path.basename(file), t), action);
    }),
  );
  announce();
  return store;
}
