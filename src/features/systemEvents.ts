import { DisposableStore } from '../shared/disposable';
import type { CommandHandlers } from '../ui/commands';
import { eventCommandIds } from '../ui/events/eventCommandIds';
import { EventsView } from '../ui/events/eventsView';
import type { Feature, FeatureHost } from './feature';
import type * as Later from './systemEvents.later';

/** What happened on this machine, as its own log tells it. */
export class SystemEvents implements Feature {
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();
  private loaded: Later.EventsPart | undefined;

  constructor(host: FeatureHost) {
    // Many windows never look at events: what reads them is loaded when somebody does.
    const part = (): Later.EventsPart => {
      this.loaded ??= this.store.add(new (later().EventsPart)(host, view));
      return this.loaded;
    };
    const view: EventsView = this.store.add(new EventsView(() => part().model));
    this.commands = Object.fromEntries(
      eventCommandIds.map((id) => [id, (...args) => part().handlers[id](...args)]),
    );
  }

  /** The tasks and programs end with those who run them. */
  stop(): Promise<void> {
    this.store.dispose();
    return Promise.resolve();
  }
}

function later(): typeof Later {
  // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./systemEvents.later') as typeof Later;
}
