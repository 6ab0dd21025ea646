import type { ProcessMetrics } from '../../src/shared/metrics/snapshot';
import { absenceOf } from '../../src/shared/presentation/absence';
import { element, reconcile, setHidden, setText, setTitle } from '../dom';
import { formatCount, formatProcessPercent, formatSize } from '../../src/shared/presentation/format';
import type { PanelFrame } from '../frame';
import { Card } from './card';

/** The busiest processes, busiest first. */
export class ProcessesCard {
  private readonly card = new Card({ id: 'processes', title: 'Busiest', icon: 'processes' });
  private readonly rowsHolder = element('tbody');
  private readonly rows: ProcessRow[] = [];
  private readonly table: HTMLTableElement;
  readonly element = this.card.element;

  constructor() {
    const heading = (text: string): HTMLElement => element('th', { text, attributes: { scope: 'col' } });
    this.table = element(
      'table',
      { class: 'processes' },
      element('caption', { class: 'visually-hidden', text: 'Busiest processes' }),
      element('thead', {}, element('tr', {}, heading('Process'), heading('CPU'), heading('Memory'))),
      this.rowsHolder,
    );
    this.card.body.append(this.table);
  }

  update({ snapshot }: PanelFrame): void {
    const { processes, absent } = snapshot;
    setHidden(this.card.figure.element, processes !== undefined);
    setHidden(this.table, processes === undefined);
    if (!processes) {
      this.card.figure.showAbsent(absenceOf(absent, 'processes'));
      this.card.setFooter([{ text: absenceOf(absent, 'processes') }]);
      return;
    }
    reconcile(
      this.rowsHolder,
      this.rows,
      processes.top,
      () => new ProcessRow(),
      (row, process) => {
        row.update(process);
      },
    );
    this.card.setFooter([{ text: formatCount(processes.count, 'process', 'processes') }]);
  }
}

class ProcessRow {
  private readonly name = element('span');
  private readonly detail = element('span', { class: 'process-detail' });
  private readonly heading = element('th', { attributes: { scope: 'row' } }, this.name, this.detail);
  private readonly cpu = element('td', { title: '100 % is one core' });
  private readonly memory = element('td');
  readonly element = element('tr', {}, this.heading, this.cpu, this.memory);

  update({ name, detail = '', pid, cpuPercent, rssMB }: ProcessMetrics): void {
    setText(this.name, name);
    setText(this.detail, detail);
    setTitle(this.heading, `${[name, detail].filter(Boolean).join(' ')}, process ${pid}`);
    setText(this.cpu, formatProcessPercent(cpuPercent));
    setText(this.memory, formatSize(rssMB));
  }
}
