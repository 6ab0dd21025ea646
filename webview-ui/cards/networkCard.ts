import type { NetworkInterfaceMetrics } from '../../src/shared/metrics/snapshot';
import { absenceOf, absentSign } from '../../src/shared/presentation/absence';
import { element, reconcile, setText, setTitle } from '../dom';
import { formatCount, formatRate, rateCeiling, rateQuantity } from '../../src/shared/presentation/format';
import type { PanelFrame } from '../frame';
import { LineChart } from '../lineChart';
import type { Theme } from '../theme';
import { Card } from './card';
import { Disclosure } from '../disclosure';
import { Legend, legendValue } from './legend';

const lines = [{ name: 'down' }, { name: 'up', dashed: true }] as const;

/** Where the panel remembers whether the interfaces are unfolded. */
export interface InterfacesFold {
  readonly shown: boolean;
  remember(shown: boolean): void;
}

/** What the machine receives and sends, and over which interfaces. */
export class NetworkCard {
  private readonly card = new Card({ id: 'network', title: 'Network', icon: 'network', accent: 'network' });
  private readonly chart: LineChart;
  private readonly legend = new Legend(lines);
  private readonly list = element('ul', { class: 'interfaces' });
  private readonly rows: InterfaceRow[] = [];
  private readonly interfaces: Disclosure;
  readonly element = this.card.element;

  private interfacesShown: boolean;

  constructor(theme: Theme, fold: InterfacesFold) {
    this.interfacesShown = fold.shown;
    this.chart = new LineChart(theme, {
      label: 'Network traffic',
      accent: 'network',
      lines: [
        { ...lines[0], pick: ({ rx }) => rx },
        { ...lines[1], pick: ({ tx }) => tx },
      ],
      format: formatRate,
      range: (_, highest) => ({ min: 0, max: rateCeiling(highest) }),
      showsTop: true,
    });
    this.interfaces = new Disclosure('network-interfaces', this.list, (shown) => {
      this.interfacesShown = shown;
      this.interfaces.setOpen(shown);
      fold.remember(shown);
    });
    this.card.body.append(this.chart.element, this.legend.element);
    this.card.addDisclosure(this.interfaces);
  }

  update(frame: PanelFrame): void {
    const { network, absent } = frame.snapshot;
    const { rxBytesPerSec, txBytesPerSec, connections } = network;
    const rxAbsence = absenceOf(absent, 'network.rxBytesPerSec');
    if (rxBytesPerSec === undefined) this.card.figure.showAbsent(rxAbsence);
    else {
      const { value, unit } = rateQuantity(rxBytesPerSec);
      this.card.figure.show({ value: `↓ ${value}`, unit, meaning: 'down' });
    }
    this.chart.update(frame);
    this.legend.update([
      legendValue(rxBytesPerSec, formatRate, rxAbsence),
      legendValue(txBytesPerSec, formatRate, absenceOf(absent, 'network.txBytesPerSec')),
    ]);
    this.updateInterfaces(network.interfaces);
    this.card.setFooter(connections === undefined ? [] : [{ text: formatCount(connections, 'connection') }]);
  }

  private updateInterfaces(interfaces: readonly NetworkInterfaceMetrics[]): void {
    if (interfaces.length === 0) {
      this.interfaces.hide();
      return;
    }
    this.interfaces.show();
    this.interfaces.setOpen(this.interfacesShown);
    this.interfaces.setLabel(formatCount(interfaces.length, 'interface'));
    reconcile(
      this.list,
      this.rows,
      interfaces,
      () => new InterfaceRow(),
      (row, each) => {
        row.update(each);
      },
    );
  }
}

class InterfaceRow {
  private readonly name = element('span', { class: 'interface-name' });
  private readonly address = element('span', { class: 'interface-address' });
  private readonly rates = element('span', { class: 'interface-rates' });
  readonly element = element('li', {}, this.name, this.rates, this.address);

  update({ name, address, up, rxBytesPerSec, txBytesPerSec }: NetworkInterfaceMetrics): void {
    const rate = (amount: number | undefined): string =>
      amount === undefined ? absentSign : formatRate(amount);
    setText(this.name, name);
    setTitle(this.name, name);
    setText(this.address, address ?? 'no address');
    setTitle(this.address, address);
    setText(this.rates, up ? `↓ ${rate(rxBytesPerSec)} ↑ ${rate(txBytesPerSec)}` : 'not connected');
    this.element.classList.toggle('interface-down', !up);
  }
}
