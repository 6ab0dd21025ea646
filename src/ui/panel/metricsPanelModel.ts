import * as v from 'valibot';
import type { MetricsDemand, MetricsHold, MetricsService } from '../../services/metrics/metricsService';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { Emitter, type Event } from '../../shared/event';
import {
  type HistoryPoint,
  type HistoryWindowMinutes,
  historyWindowsMinutes,
} from '../../shared/metrics/history';
import type { MetricsSnapshot } from '../../shared/metrics/snapshot';
import type { PanelState } from '../../shared/protocol/panel';
import type { Settings } from '../settings/settings';
import type { PanelModel } from './panelModel';

/** Keeps small choices of a person; structurally a `vscode.Memento`. */
export interface Choices {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const choicesKey = 'livePanel';
const choicesSchema = v.object({ windowMinutes: v.picklist(historyWindowsMinutes), coresShown: v.boolean() });
type PanelChoices = v.InferOutput<typeof choicesSchema>;

/** What a panel may ask for that is not about metrics. */
export interface PanelActions {
  readonly openSettings: () => void;
  readonly restartGpu: () => void;
}

/** The live panel's model over the metrics service and the settings. Remembers what a person chose in the panel. */
export class MetricsPanelModel implements PanelModel, Disposable {
  private readonly store = new DisposableStore();
  private readonly states = this.store.add(new Emitter<PanelState>());
  private readonly holds = new Set<MetricsHold>();
  private panelChoices: PanelChoices;

  readonly onSnapshot: Event<MetricsSnapshot>;
  readonly onState = this.states.event;

  constructor(
    private readonly metrics: MetricsService,
    private settings: Settings,
    private readonly choices: Choices,
    private readonly actions: PanelActions,
    private readonly remoteName: string | undefined,
  ) {
    const kept = v.safeParse(choicesSchema, choices.get(choicesKey));
    this.panelChoices = kept.success ? kept.output : { windowMinutes: 5, coresShown: false };
    this.onSnapshot = metrics.onSnapshot;
    this.store.add(
      metrics.onPausedChanged(() => {
        this.states.fire(this.state);
      }),
    );
    this.store.add(
      metrics.onIntervalChanged((intervalMs) => {
        if (intervalMs !== undefined) this.states.fire(this.state);
      }),
    );
  }

  get state(): PanelState {
    return {
      paused: this.metrics.paused,
      intervalMs: this.metrics.intervalMs ?? this.settings.intervalMs,
      ...(this.remoteName === undefined ? {} : { remoteName: this.remoteName }),
      ...this.panelChoices,
      thresholds: this.settings.thresholds,
    };
  }

  get history(): readonly HistoryPoint[] {
    return this.metrics.history;
  }

  get latest(): MetricsSnapshot | undefined {
    return this.metrics.current;
  }

  /** Takes over changed settings, also for panels that are open. */
  configure(settings: Settings): void {
    this.settings = settings;
    for (const hold of this.holds) hold.change(this.wanted);
    this.states.fire(this.state);
  }

  setPaused(paused: boolean): void {
    this.metrics.setPaused(paused);
  }

  setWindow(windowMinutes: HistoryWindowMinutes): void {
    this.choose({ ...this.panelChoices, windowMinutes });
  }

  setCoresShown(coresShown: boolean): void {
    this.choose({ ...this.panelChoices, coresShown });
  }

  restartGpu(): void {
    this.actions.restartGpu();
  }

  openSettings(): void {
    this.actions.openSettings();
  }

  demand(): Disposable {
    const hold = this.metrics.demand(this.wanted);
    this.holds.add(hold);
    return {
      dispose: () => {
        this.holds.delete(hold);
        hold.dispose();
      },
    };
  }

  dispose(): void {
    for (const hold of this.holds) hold.dispose();
    this.holds.clear();
    this.store.dispose();
  }

  private get wanted(): MetricsDemand {
    return { intervalMs: this.settings.intervalMs, processes: 'everyTick' };
  }

  private choose(choices: PanelChoices): void {
    this.panelChoices = choices;
    void this.choices.update(choicesKey, choices);
    this.states.fire(this.state);
  }
}
