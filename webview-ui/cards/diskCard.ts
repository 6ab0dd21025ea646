import type { VolumeMetrics } from '../../src/shared/metrics/snapshot';
import type { Thresholds } from '../../src/shared/protocol/panel';
import { absenceOf, absenceText } from '../../src/shared/presentation/absence';
import { element, reconcile, setHidden } from '../dom';
import { formatRate, percentQuantity, rateCeiling, sizePair } from '../../src/shared/presentation/format';
import type { PanelFrame } from '../frame';
import { LineChart } from '../lineChart';
import type { Theme } from '../theme';
import { levelOf } from '../../src/shared/presentation/thresholds';
import { Card } from './card';
import { Legend, legendValue } from './legend';
import { Meter, type MeterContent } from './meter';

const lines = [{ name: 'read' }, { name: 'write', dashed: true }] as const;

/** How full the volumes are, and what is read and written. */
export class DiskCard {
  private readonly card = new Card({ id: 'disk', title: 'Disk', icon: 'disk', accent: 'disk' });
  private readonly volumes = element('ul', { class: 'meters' });
  private readonly volumeRows: Meter[] = [];
  private readonly chart: LineChart;
  private readonly legend = new Legend(lines);
  readonly element = this.card.element;

  constructor(theme: Theme) {
    this.chart = new LineChart(theme, {
      label: 'Disk traffic',
      accent: 'disk',
      lines: [
        { ...lines[0], pick: ({ diskRead }) => diskRead },
        { ...lines[1], pick: ({ diskWrite }) => diskWrite },
      ],
      format: formatRate,
      range: (_, highest) => ({ min: 0, max: rateCeiling(highest) }),
      showsTop: true,
    });
    this.card.body.append(this.volumes, this.chart.element, this.legend.element);
  }

  update(frame: PanelFrame): void {
    const { disk, absent } = frame.snapshot;
    const thresholds = frame.state.thresholds.disk;
    if (disk.percent === undefined) this.card.figure.showAbsent(absenceOf(absent, 'disk.percent'));
    else {
      const level = levelOf(disk.percent, thresholds);
      this.card.figure.show({ ...percentQuantity(disk.percent), meaning: 'used', level });
    }
    setHidden(this.volumes, disk.volumes.length === 0);
    reconcile(
      this.volumes,
      this.volumeRows,
      disk.volumes,
      () => new Meter('li'),
      (row, volume) => {
        row.update(volumeMeter(volume, thresholds));
      },
    );
    this.chart.update(frame);
    this.legend.update([
      legendValue(disk.readBytesPerSec, formatRate, absenceOf(absent, 'disk.readBytesPerSec')),
      legendValue(disk.writeBytesPerSec, formatRate, absenceOf(absent, 'disk.writeBytesPerSec')),
    ]);
  }
}

function volumeMeter(volume: VolumeMetrics, thresholds: Thresholds): MeterContent {
  const { mount, fs, usedMB, totalMB, percent, absent } = volume;
  const title = `${mount} (${fs})`;
  if (absent !== undefined || usedMB === undefined || totalMB === undefined) {
    const text = absenceText(absent ?? 'notAvailableYet').toLowerCase();
    return { label: mount, title, percent: undefined, text };
  }
  const { used, total } = sizePair(usedMB, totalMB);
  return { label: mount, title, percent, text: `${used} / ${total}`, level: levelOf(percent, thresholds) };
}
