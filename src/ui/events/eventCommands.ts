import path from 'node:path';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { type EventExportFormat, eventExportFormats } from '../../services/events/export/eventFormats';
import { exportEvents } from '../../services/events/export/exportEvents';
import type { TaskSupervisor } from '../../services/tasks/taskSupervisor';
import type { Clock } from '../../shared/clock';
import { eventLevels } from '../../shared/events/systemEvent';
import { plainText } from '../../shared/presentation/plainText';
import type { CommandHandlers } from '../commands';
import { exportFailureText } from '../history/exportTexts';
import { dayKey } from '../history/historyTexts';
import type { Notifications } from '../notifications';
import type { EventCommandId } from './eventCommandIds';
import type { EventDocuments } from './eventDocuments';
import { eventLine } from './eventDocument';
import { allEvents } from './eventsFilter';
import type { EventsModel } from './eventsModel';
import { eventCount, levelLabel } from './eventsTexts';
import type { EventsView } from './eventsView';

export interface EventCommandsOptions {
  readonly model: EventsModel;
  readonly view: EventsView;
  readonly documents: EventDocuments;
  readonly notifications: Notifications;
  readonly tasks: Pick<TaskSupervisor, 'submit'>;
  readonly clock: Clock;
}

/** What can be done in "System Events". */
export function eventCommands(options: EventCommandsOptions): CommandHandlers<EventCommandId> {
  const { model, view, documents } = options;
  return {
    'sentinel.showSystemEvents': () => vscode.commands.executeCommand('sentinel.events.focus'),
    'sentinel.refreshEvents': () => view.refresh(),
    'sentinel.groupEventsByLevel': () => {
      model.groupBy('level');
    },
    'sentinel.groupEventsBySource': () => {
      model.groupBy('source');
    },
    'sentinel.filterEventsByText': () => {
      askForText(model);
    },
    'sentinel.filterEventsByLevel': () => askForLevels(model),
    'sentinel.clearEventsFilter': () => {
      model.setFilter(allEvents);
    },
    'sentinel.followEvents': () => {
      model.setFollowing(true);
    },
    'sentinel.stopFollowingEvents': () => {
      model.setFollowing(false);
    },
    'sentinel.openEvent': async (...args) => {
      const [node] = view.eventsOf(args);
      if (node !== undefined) await documents.show(node.event);
    },
    'sentinel.copyEvents': async (...args) => {
      const lines = view.eventsOf(args).map(({ event }) => eventLine(event, vscode.l10n.t));
      if (lines.length > 0) await vscode.env.clipboard.writeText(lines.join('\n'));
    },
    'sentinel.loadMoreEvents': (node) => {
      model.loadMore(node);
    },
    'sentinel.exportEvents': () => exportShown(options),
  };
}

/** The list follows what is being typed; Escape brings back what was. */
function askForText(model: EventsModel): void {
  const { t } = vscode.l10n;
  const before = model.filter;
  const input = vscode.window.createInputBox();
  input.title = t('Filter System Events');
  input.placeholder = t('Words that an event contains: a message, a source, a number');
  // The view, and a report that is open, may take the focus back after the box is there.
  input.ignoreFocusOut = true;
  input.value = before.text;
  let accepted = false;
  input.onDidChangeValue((text) => {
    model.setFilter({ ...model.filter, text });
  });
  input.onDidAccept(() => {
    accepted = true;
    input.hide();
  });
  input.onDidHide(() => {
    if (!accepted) model.setFilter(before);
    input.dispose();
  });
  input.show();
}

async function askForLevels(model: EventsModel): Promise<void> {
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(
    eventLevels.map((level) => ({
      label: levelLabel(level, t),
      picked: model.filter.levels.includes(level),
      level,
    })),
    {
      title: t('Filter System Events'),
      placeHolder: t('Tick the levels to show; nothing ticked shows all'),
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  if (picked === undefined) return;
  // None would show nothing, which nobody wants to see.
  const levels = picked.length === 0 ? eventLevels : picked.map(({ level }) => level);
  model.setFilter({ ...model.filter, levels });
}

async function exportShown({ model, notifications, tasks, clock }: EventCommandsOptions): Promise<void> {
  const { t } = vscode.l10n;
  const events = model.shownEvents;
  if (events.length === 0) {
    notifications.info(t('There are no events to export.'));
    return;
  }
  const count = eventCount(events.length, t);
  const details: Readonly<Record<EventExportFormat, string>> = {
    csv: t('A table, one row for each event'),
    json: t('Everything that is known of each event, for programs'),
  };
  const picked = await vscode.window.showQuickPick(
    eventExportFormats.map((format) => ({ label: format.toUpperCase(), detail: details[format], format })),
    {
      title: model.state.isFiltered ? t('Export {0} that the filter shows', count) : t('Export {0}', count),
      placeHolder: t('Choose a format'),
      ignoreFocusOut: true,
    },
  );
  if (picked === undefined) return;
  const { format } = picked;
  const folder =
    vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
  const name = `sentinel-events-${dayKey(clock.now())}.${format}`;
  const chosen = await vscode.window.showSaveDialog({
    title: t('Export System Events'),
    saveLabel: t('Export'),
    defaultUri: vscode.Uri.file(path.join(folder, name)),
    filters: { [format.toUpperCase()]: [format] },
  });
  if (chosen === undefined) return;
  if (chosen.scheme !== 'file') {
    notifications.warning(t('Events can be exported to files on disk only.'));
    return;
  }
  const file = chosen.fsPath;
  const shownName = plainText(path.basename(file));
  const { outcome } = tasks.submit({
    kind: 'export',
    title: t('Exporting events to {0}', shownName),
    run: (context) => exportEvents(events, file, format, clock.now(), context),
  });
  const ended = await outcome;
  if (ended.status === 'finished') {
    const open = { label: t('Open'), run: () => vscode.commands.executeCommand('vscode.open', chosen) };
    notifications.success(t('Exported {0} to {1}.', count, shownName), open);
  } else if (ended.status !== 'cancelled') {
    const reason = ended.status === 'failed' ? exportFailureText(ended.error.code, t) : undefined;
    const failed = t('The events could not be exported to {0}.', shownName);
    notifications.warning([failed, reason].filter(Boolean).join(' '), notifications.showLogAction);
  }
}
