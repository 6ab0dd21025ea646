import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import { historyPoint } from '../../shared/metrics/history';
import type { PageMessage } from '../../shared/protocol/page';
import { type HostToPanel, type PanelToHost, parsePanelMessage } from '../../shared/protocol/panel';
import { PageSession, type PageSurface } from './pageSession';
import type { PanelModel } from './panelModel';

/** The conversation with one open live panel. While the panel is hidden, nothing is asked of the model. */
export class PanelSession implements Disposable {
  private readonly subscriptions = new DisposableStore();
  private readonly page: PageSession<HostToPanel, Exclude<PanelToHost, PageMessage>>;
  private demand: Disposable | undefined;

  constructor(
    surface: PageSurface<HostToPanel>,
    private readonly model: PanelModel,
    logger: Logger,
  ) {
    this.page = this.subscriptions.add(
      new PageSession(
        surface,
        {
          name: 'live panel',
          parse: parsePanelMessage,
          hydration: () => {
            const { state, history, latest } = this.model;
            return { type: 'hydrate', state, history, ...(latest ? { snapshot: latest } : {}) };
          },
          obey: (message) => {
            this.obey(message);
          },
          visibilityChanged: (visible) => {
            if (visible) this.demand ??= model.demand();
            else this.releaseDemand();
          },
        },
        logger,
      ),
    );
    this.subscriptions.add(
      model.onSnapshot((snapshot) => {
        this.page.send({ type: 'snapshot', snapshot, point: historyPoint(snapshot) });
      }),
    );
    this.subscriptions.add(
      model.onState((state) => {
        this.page.send({ type: 'state', state });
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.releaseDemand();
  }

  private releaseDemand(): void {
    this.demand?.dispose();
    this.demand = undefined;
  }

  private obey(message: Exclude<PanelToHost, PageMessage>): void {
    switch (message.type) {
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
    }
  }
}
