import * as vscode from 'vscode';
import { createEventsProvider } from '../services/events/createProvider';
import { EventsService } from '../services/events/eventsService';
import { ExecutableFinder } from '../services/process/findExecutable';
import { systemToolFolders } from '../services/process/systemToolFolders';
import { DisposableStore } from '../shared/disposable';
import type { CommandHandlers } from '../ui/commands';
import type { EventCommandId } from '../ui/events/eventCommandIds';
import { eventCommands } from '../ui/events/eventCommands';
import { EventDocuments } from '../ui/events/eventDocuments';
import { EventsModel } from '../ui/events/eventsModel';
import type { EventsView } from '../ui/events/eventsView';
import { DateTexts } from '../ui/dateTexts';
import type { FeatureHost } from './feature';

/** What system events consist of, once somebody looks at them. */
export class EventsPart extends DisposableStore {
  readonly model: EventsModel;
  readonly handlers: CommandHandlers<EventCommandId>;

  constructor(host: FeatureHost, view: EventsView) {
    super();
    const { context, clock, log, settings, notifications, processes, tasks } = host;
    const { platform, env } = process;
    const finder = new ExecutableFinder(() => ({
      pathEnv: env['PATH'],
      extraFolders: systemToolFolders(platform, env),
      refusedFolders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    }));
    const provider = createEventsProvider(
      platform,
      (name) => finder.find(name),
      () => clock.now(),
    );
    const maxCount = (): number => settings.current.eventsMaxCount;
    const service = new EventsService({
      provider,
      platform,
      supervisor: tasks,
      processes,
      clock,
      logger: log.logger('events'),
      maxCount,
    });
    const dates = new DateTexts(vscode.env.language);
    this.model = this.add(
      new EventsModel({ service, clock, maxCount, choices: context.globalState, t: vscode.l10n.t, dates }),
    );
    const documents = this.add(new EventDocuments(dates));
    this.handlers = eventCommands({ model: this.model, view, documents, notifications, tasks, clock });
  }
}
