import * as vscode from 'vscode';
import { createEventsProvider, eventToolFolders } from '../services/events/createProvider';
import { EventsService } from '../services/events/eventsService';
import { ExecutableFinder } from '../services/process/findExecutable';
import { DisposableStore } from '../shared/disposable';
import type { CommandHandlers } from '../ui/commands';
import { eventCommands } from '../ui/events/eventCommands';
import { EventDocuments } from '../ui/events/eventDocuments';
import { EventsModel } from '../ui/events/eventsModel';
import { EventsView } from '../ui/events/eventsView';
import { DateTexts } from '../ui/history/dateTexts';
import type { Feature, FeatureHost } from './feature';

/** What happened on this machine, as its own log tells it. */
export class SystemEvents implements Feature {
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();

  constructor({ context, clock, log, settings, notifications, processes, tasks }: FeatureHost) {
    const { platform, env } = process;
    const finder = new ExecutableFinder(() => ({
      pathEnv: env['PATH'],
      extraFolders: eventToolFolders(platform, env),
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
    const model = this.store.add(
      new EventsModel({ service, clock, maxCount, choices: context.globalState, t: vscode.l10n.t, dates }),
    );
    const documents = this.store.add(new EventDocuments(dates));
    const view = this.store.add(new EventsView(model));
    this.commands = eventCommands({ model, view, documents, notifications, tasks, clock });
  }

  /** The tasks and programs end with those who run them. */
  stop(): Promise<void> {
    this.store.dispose();
    return Promise.resolve();
  }
}
