import type { NetworkRecord } from '../../services/network/networkRecord';
import type {
  NetworkScanEvent,
  NetworkScanResult,
  NetworkService,
} from '../../services/network/networkService';
import { scanKey } from '../../services/network/scanRequest';
import type { ListeningPorts } from '../../services/network/listening/listeningPorts';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { errorMessage } from '../../shared/errors';
import { Emitter } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import type { ListeningReading } from '../../shared/network/listeningPort';
import type { DateTexts } from '../dateTexts';
import type { Translate } from '../translate';
import type { TreeRow } from '../tree/treeRow';
import { networkItem, networkTooltip } from './networkItem';
import type { NetworkNode, ScanNode } from './networkNodes';
import { listeningProblemText, problemText } from './networkTexts';
import { ShownScan } from './networkTree';

export interface NetworkModelOptions {
  readonly service: Pick<NetworkService, 'onEvent' | 'previous'>;
  readonly listening: Pick<ListeningPorts, 'read'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly platform: NodeJS.Platform;
  readonly t: Translate;
  readonly dates: DateTexts;
}

const mostScans = 10;
/** Hosts may be found faster than anybody reads. */
const updatePeriodMs = 250;
/** Half of the smallest step in which an age is told. */
const agesPeriodMs = 30_000;

/** "Network" without VS Code: the scans of this window, the newest first, and the ports of this machine. */
export class NetworkModel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<undefined>());
  private readonly messages = this.store.add(new Emitter<string>());
  private shownMessage = '';
  private scans: readonly ShownScan[] = [];
  private reading: ListeningReading | undefined;
  private loading: Promise<void> | undefined;
  private timer: Disposable | undefined;
  private ticking: Disposable | undefined;

  /** Everything is to be asked for anew. */
  readonly onChanged = this.changes.event;
  /** What there is to say above the rows; empty where there is nothing. */
  readonly onMessage = this.messages.event;

  constructor(private readonly options: NetworkModelOptions) {
    this.store.add(
      options.service.onEvent((event) => {
        this.hear(event);
      }),
    );
  }

  get message(): string {
    return this.shownMessage;
  }

  setVisible(visible: boolean): void {
    this.ticking?.dispose();
    this.ticking = visible
      ? this.options.clock.setInterval(() => {
          this.changes.fire(undefined);
        }, agesPeriodMs)
      : undefined;
  }

  /** Shows a result that was at hand. */
  show(result: NetworkScanResult): void {
    const { record, request } = result;
    if (record === undefined) return;
    const key = scanKey(request);
    const known = this.find(key);
    if (known?.isRunning === true || known?.record?.id === record.id) {
      this.bringUp(known);
      this.changes.fire(undefined);
      return;
    }
    const scan = new ShownScan(key, request);
    scan.end(record, result.problem);
    this.bringUp(scan);
    this.changes.fire(undefined);
    void this.compare(scan, record);
  }

  find(key: string): ShownScan | undefined {
    return this.scans.find((scan) => scan.key === key);
  }

  /** Looks at this machine's ports anew; what is shown stays until then. */
  async refreshListening(): Promise<void> {
    this.loading ??= this.loadListening();
    await this.loading;
    this.changes.fire(undefined);
  }

  showMore(node: unknown): void {
    if (typeof node !== 'object' || node === null || !('key' in node)) return;
    this.find(String(node.key))?.showMore();
    this.changes.fire(undefined);
  }

  /** @returns rows of the whole tree without a parent */
  async children(parent?: NetworkNode): Promise<readonly NetworkNode[]> {
    switch (parent?.type) {
      case undefined: {
        const scans = this.scans.map(({ key }): ScanNode => ({ type: 'scan', id: key, key }));
        const first: readonly NetworkNode[] = scans.length > 0 ? scans : [{ type: 'start', id: 'start' }];
        return [...first, listeningRoot];
      }
      case 'scan':
        return this.scanRows(parent.key);
      case 'host':
        return this.find(parent.key)?.ports(parent) ?? [];
      case 'listening':
        if (this.reading === undefined) {
          this.loading ??= this.loadListening();
          await this.loading;
        }
        return this.listeningRows();
      case 'start':
      case 'port':
      case 'more':
      case 'note':
      case 'listeningPort':
        return [];
    }
  }

  item(node: NetworkNode): TreeRow {
    return networkItem(node, this.itemContext());
  }

  tooltip(node: NetworkNode): string | undefined {
    return networkTooltip(node, this.itemContext());
  }

  dispose(): void {
    this.timer?.dispose();
    this.ticking?.dispose();
    this.store.dispose();
  }

  private itemContext() {
    const { t, dates, clock } = this.options;
    return {
      t,
      dates,
      nowMs: clock.now(),
      scanOf: (key: string) => this.find(key),
      listening: this.reading,
    };
  }

  private scanRows(key: string): readonly NetworkNode[] {
    const scan = this.find(key);
    if (scan === undefined) return [];
    const { t, platform } = this.options;
    const notes: string[] = [];
    if (scan.problem !== undefined) notes.push(problemText(scan.problem, t, platform));
    else if (scan.hostCount === 0)
      notes.push(scan.isRunning ? t('Nobody has answered yet.') : t('Nobody answered.'));
    const leftOut = scan.record?.details.leftOut ?? [];
    if (leftOut.length > 0) {
      notes.push(
        t('Left out for want of administrator rights: {0}.', leftOut.map((what) => t(what)).join('; ')),
      );
    }
    const rows = notes.map((text, index): NetworkNode => ({ type: 'note', id: `${key}/note${index}`, text }));
    return [...scan.rows(), ...rows];
  }

  private listeningRows(): readonly NetworkNode[] {
    const { ports = [], problems = [] } = this.reading ?? {};
    const { t } = this.options;
    const rows = ports.map((port): NetworkNode => {
      const id = ['listening', port.protocol, port.address, port.port, port.process?.pid ?? ''].join('/');
      return { type: 'listeningPort', id, port };
    });
    const texts = problems.map((problem) => listeningProblemText(problem, t));
    if (ports.length === 0 && texts.length === 0) texts.push(t('No port of this machine waits for others.'));
    return [
      ...rows,
      ...texts.map((text, index): NetworkNode => ({ type: 'note', id: `listening/note${index}`, text })),
    ];
  }

  private async loadListening(): Promise<void> {
    try {
      this.reading = await this.options.listening.read();
    } finally {
      this.loading = undefined;
    }
  }

  private hear(event: NetworkScanEvent): void {
    if (event.type === 'started') {
      const key = scanKey(event.request);
      const scan = this.find(key) ?? new ShownScan(key, event.request);
      scan.begin(event.id);
      this.bringUp(scan);
      this.tell('');
      this.changes.fire(undefined);
      return;
    }
    const scan = this.scans.find(({ runId }) => runId === event.id);
    if (scan === undefined) return;
    switch (event.type) {
      case 'hostUp':
        scan.addPending(event.address);
        this.changeSoon();
        break;
      case 'host':
        scan.addHost(event.host);
        this.changeSoon();
        break;
      case 'ended':
        this.end(scan, event.result);
        break;
    }
  }

  private end(scan: ShownScan, { record, problem }: NetworkScanResult): void {
    const { t, platform } = this.options;
    scan.end(record, problem);
    if (record === undefined) {
      // nmap was not even asked: there is nothing to show but why.
      this.scans = this.scans.filter((each) => each !== scan);
      if (problem !== undefined && problem.type !== 'cancelled') {
        this.tell(problemText(problem, t, platform));
      }
    } else void this.compare(scan, record);
    this.changes.fire(undefined);
  }

  private async compare(scan: ShownScan, record: NetworkRecord): Promise<void> {
    try {
      const previous = await this.options.service.previous(record);
      if (scan.record !== record || this.store.isDisposed) return;
      scan.compareWith(previous);
      this.changes.fire(undefined);
    } catch (error) {
      this.options.logger.warning(`The scan before could not be looked up: ${errorMessage(error)}`);
    }
  }

  private bringUp(scan: ShownScan): void {
    this.scans = [scan, ...this.scans.filter(({ key }) => key !== scan.key)].slice(0, mostScans);
  }

  private tell(message: string): void {
    this.shownMessage = message;
    this.messages.fire(message);
  }

  private changeSoon(): void {
    this.timer ??= this.options.clock.setTimeout(() => {
      this.timer = undefined;
      this.changes.fire(undefined);
    }, updatePeriodMs);
  }
}

const listeningRoot: NetworkNode = { type: 'listening', id: 'listening' };
