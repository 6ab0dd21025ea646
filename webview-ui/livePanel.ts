import { type HistoryPoint, historyWindowsMinutes } from '../src/shared/metrics/history';
import type { MetricsSnapshot } from '../src/shared/metrics/snapshot';
import type { HostToPanel, PanelState } from '../src/shared/protocol/panel';
import { CpuCard } from './cards/cpuCard';
import { DiskCard } from './cards/diskCard';
import { GpuGroup } from './cards/gpuGroup';
import { MemoryCard } from './cards/memoryCard';
import { type InterfacesFold, NetworkCard } from './cards/networkCard';
import { ProcessesCard } from './cards/processesCard';
import { absentSign } from '../src/shared/presentation/absence';
import { element, hiddenText, setHidden, setText } from './dom';
import { formatSize, formatSmallPercent } from '../src/shared/presentation/format';
import type { PanelFrame, Send } from './frame';
import { Header, type Liveness } from './header';
import { appendPoint } from './series';
import type { Theme } from './theme';

/** What the last line counts; `ownCostSchema` has it in full. */
const costTitle =
  'The metrics thread, the GPU process, and the time in which the extension host handles samples. The rest of the extension host and this page are not counted.';

const minuteMs = 60_000;
const keptHistoryMs = Math.max(...historyWindowsMinutes) * minuteMs;
/** Later than this many intervals, the panel says that no samples come. */
const lateAfterIntervals = 3;

/**
 * The whole panel. It shows what the host sends, when it is sent, and decides nothing: a click asks the host, and
 * the host's next message shows the outcome.
 */
export class LivePanel {
  private readonly header: Header;
  private readonly waiting = element('p', { class: 'waiting' });
  private readonly cpu: CpuCard;
  private readonly memory: MemoryCard;
  private readonly gpus: GpuGroup;
  private readonly network: NetworkCard;
  private readonly disk: DiskCard;
  private readonly processes = new ProcessesCard();
  private readonly cards: HTMLElement;
  private readonly cost = element('p', { title: costTitle });
  private readonly footer: HTMLElement;
  private state: PanelState | undefined;
  private history: readonly HistoryPoint[] = [];
  private snapshot: MetricsSnapshot | undefined;
  private lateTimer: ReturnType<typeof setTimeout> | undefined;
  private isLate = false;

  constructor(root: HTMLElement, theme: Theme, send: Send, fold: InterfacesFold) {
    this.header = new Header(send);
    this.cpu = new CpuCard(theme, send);
    this.memory = new MemoryCard(theme);
    this.gpus = new GpuGroup(theme, send);
    this.network = new NetworkCard(theme, fold);
    this.disk = new DiskCard(theme);
    this.cards = element(
      'div',
      { class: 'cards' },
      this.cpu.element,
      this.memory.element,
      this.gpus.element,
      this.network.element,
      this.disk.element,
      this.processes.element,
    );
    this.footer = element('footer', { class: 'panel-footer' }, this.gpus.quietLine, this.cost);
    setHidden(this.cards, true);
    setHidden(this.footer, true);
    this.waiting.textContent = waitingText(undefined);
    const heading = element('h1', { class: 'visually-hidden', text: 'Sentinel live metrics' });
    root.append(
      element(
        'div',
        { class: 'panel' },
        this.header.element,
        element('main', {}, heading, this.waiting, this.cards),
        this.footer,
      ),
    );
  }

  apply(message: HostToPanel): void {
    switch (message.type) {
      case 'hydrate':
        this.state = message.state;
        this.history = message.history;
        this.snapshot = message.snapshot;
        break;
      case 'snapshot':
        this.snapshot = message.snapshot;
        this.history = appendPoint(this.history, message.point, keptHistoryMs);
        break;
      case 'state':
        this.state = message.state;
        break;
    }
    this.awaitNext();
    this.draw();
  }

  private draw(): void {
    const { state, snapshot, history } = this;
    if (!state) return;
    this.drawHeader(state);
    setText(this.waiting, waitingText(state));
    setHidden(this.waiting, snapshot !== undefined);
    setHidden(this.cards, snapshot === undefined);
    setHidden(this.footer, snapshot === undefined);
    if (!snapshot) return;
    const toT = history.at(-1)?.t ?? Date.parse(snapshot.timestamp);
    const range = { fromT: toT - state.windowMinutes * minuteMs, toT };
    const frame: PanelFrame = { snapshot, history, state, range };
    this.cpu.update(frame);
    this.memory.update(frame);
    this.gpus.update(frame);
    this.network.update(frame);
    this.disk.update(frame);
    this.processes.update(frame);
    this.drawCost(snapshot);
  }

  private drawHeader(state: PanelState): void {
    this.header.update(state, this.snapshot?.machine, this.liveness(state));
  }

  private liveness({ paused }: PanelState): Liveness {
    if (paused) return 'paused';
    if (this.isLate) return 'late';
    return this.snapshot ? 'live' : 'waiting';
  }

  private drawCost({ sentinel }: MetricsSnapshot): void {
    const parts: string[] = [];
    if (sentinel.cpuPercent !== undefined) parts.push(`${formatSmallPercent(sentinel.cpuPercent)} CPU`);
    if (sentinel.rssMB !== undefined) parts.push(formatSize(sentinel.rssMB));
    setText(this.cost, `Sentinel itself: ${parts.length > 0 ? parts.join(' · ') : absentSign}`);
    if (parts.length === 0) this.cost.append(hiddenText(' not available yet'));
  }

  /** Old figures must not pass for present ones: when no sample comes, the header says so. */
  private awaitNext(): void {
    clearTimeout(this.lateTimer);
    this.isLate = false;
    const { state } = this;
    if (!state || state.paused || !this.snapshot) return;
    this.lateTimer = setTimeout(
      () => {
        this.isLate = true;
        this.drawHeader(state);
      },
      lateAfterIntervals * state.intervalMs + 2_000,
    );
  }
}

function waitingText(state: PanelState | undefined): string {
  return state?.paused ? 'Paused before the first sample.' : 'Waiting for the first sample…';
}
