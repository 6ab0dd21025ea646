import { type Disposable, DisposableStore } from '../../shared/disposable';
import { errorMessage } from '../../shared/errors';
import type { Event } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import { historyPoint } from '../../shared/metrics/history';
import type { MetricsSnapshot } from '../../shared/metrics/snapshot';
import { type HostToPanel, type PanelToHost, parsePanelMessage } from '../../shared/protocol/panel';
import type { PanelModel } from './panelModel';

/** A webview as a session needs it; VS Code's view and its editor panel differ only in names. */
export interface PanelSurface {
  readonly visible: boolean;
  readonly onVisibilityChange: Event<void>;
  readonly onMessage: Event<unknown>;
  post(message: HostToPanel): PromiseLike<unknown>;
}

/** A page that sends nonsense in a loop must not fill the log. */
const maxComplaints = 20;

/**
 * The conversation with one open panel. While the panel is hidden, nothing is sent and nothing is asked of the
 * model; when it is shown or its document is loaded anew, it gets everything at once.
 */
export class PanelSession implements Disposable {
  private readonly subscriptions = new DisposableStore();
  private demand: Disposable | undefined;
  /** Whether the document listens; it is thrown away when the panel is hidden and says `ready` after each load. */
  private documentReady = false;
  private complaints = 0;

  constructor(
    private readonly surface: PanelSurface,
    private readonly model: PanelModel,
    private readonly logger: Logger,
  ) {
    this.subscriptions.add(
      surface.onMessage((raw) => {
        this.receive(raw);
      }),
    );
    this.subscriptions.add(
      surface.onVisibilityChange(() => {
        this.followVisibility();
      }),
    );
    this.subscriptions.add(
      model.onSnapshot((snapshot) => {
        this.sendSnapshot(snapshot);
      }),
    );
    this.subscriptions.add(
      model.onState((state) => {
        this.send({ type: 'state', state });
      }),
    );
    this.followVisibility();
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.releaseDemand();
  }

  private followVisibility(): void {
    if (!this.surface.visible) {
      this.documentReady = false;
      this.releaseDemand();
      return;
    }
    this.demand ??= this.model.demand();
    // A document that was ready before it counted as visible gets its content now.
    this.hydrate();
  }

  private releaseDemand(): void {
    this.demand?.dispose();
    this.demand = undefined;
  }

  private hydrate(): void {
    const { state, history, latest } = this.model;
    this.send({ type: 'hydrate', state, history, ...(latest ? { snapshot: latest } : {}) });
  }

  private sendSnapshot(snapshot: MetricsSnapshot): void {
    this.send({ type: 'snapshot', snapshot, point: historyPoint(snapshot) });
  }

  private send(message: HostToPanel): void {
    if (!this.documentReady || !this.surface.visible || this.subscriptions.isDisposed) return;
    // A panel that is closed at this moment refuses the message; there is nobody left to miss it.
    this.surface.post(message).then(undefined, (error: unknown) => {
      this.logger.debug(`The live panel did not take a message: ${errorMessage(error)}`);
    });
  }

  private receive(raw: unknown): void {
    const parsed = parsePanelMessage(raw);
    if ('problem' in parsed) this.complain(`A message from the live panel was refused: ${parsed.problem}`);
    else this.obey(parsed.message);
  }

  private obey(message: PanelToHost): void {
    switch (message.type) {
      case 'ready':
        this.documentReady = true;
        this.hydrate();
        break;
      case 'setPaused':
        this.model.setPaused(message.paused);
        break;
      case 'setWindow':
        this.model.setWindow(message.minutes);
        break;
      case 'setCoresShown':
        this.model.setCoresShown(message.shown);
        break;
      case 'restartGpu':
        this.model.restartGpu();
        break;
      case 'openSettings':
        this.model.openSettings();
        break;
      case 'fault':
        this.complain(`The live panel reports a fault: ${message.message}`);
        break;
    }
  }

  private complain(text: string): void {
    this.complaints += 1;
    if (this.complaints > maxComplaints) return;
    this.logger.warning(text);
    if (this.complaints === maxComplaints) {
      this.logger.warning('Further faults and refused messages of this panel are not logged.');
    }
  }
}
