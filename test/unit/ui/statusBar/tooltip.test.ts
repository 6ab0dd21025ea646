import assert from 'node:assert/strict';
import { historyPoint } from '../../../../src/shared/metrics/history';
import { busiestGpu, figureTexts } from '../../../../src/ui/statusBar/figures';
import { escapeMarkdown, tooltipMarkdown } from '../../../../src/ui/statusBar/tooltip';
import { madeGpu, madeSnapshot } from '../../support/snapshots';

describe('status bar figures', () => {
  it('take the same room for one digit and for two', () => {
    const lengths = [0, 9.4, 31, 99].map(
      (percent) => figureTexts(madeSnapshot({ cpu: { count: 1, percent } })).cpu?.length,
    );
    assert.deepEqual(lengths, [3, 3, 3, 3]);
  });

  it('leave out what the snapshot lacks', () => {
    const texts = figureTexts(madeSnapshot({ cpu: { count: 2 }, memory: {}, network: { interfaces: [] } }));
    assert.deepEqual(Object.keys(texts), ['disk']);
  });

  it('show the busiest device', () => {
    const devices = [
      madeGpu('0', { utilizationPercent: 10, memoryUsedMB: 1, memoryTotalMB: 10 }),
      madeGpu('1', { utilizationPercent: 87, memoryUsedMB: 5, memoryTotalMB: 10 }),
    ];
    const texts = figureTexts(madeSnapshot({ gpu: { status: 'running', count: 2, devices } }));
    assert.equal(texts.gpu?.trim(), '87%');
    assert.equal(texts.gpuMemory?.trim(), '50%');
  });

  it('show no figure of a device that tells none', () => {
    const devices = [madeGpu('0', {})];
    const texts = figureTexts(madeSnapshot({ gpu: { status: 'running', count: 1, devices } }));
    assert.equal(texts.gpu, undefined);
  });
});

describe('a GPU whose reading is too old', () => {
  const devices = [
    madeGpu('A', { utilizationPercent: 99, memoryUsedMB: 9, memoryTotalMB: 10, temperatureC: 54 }),
  ];
  const snapshot = madeSnapshot({
    gpu: { status: 'stopped', count: 1, devices, readAt: '2024-01-15T10:30:45.000Z', stale: true },
  });

  it('has no figure, and so neither colour nor accessible text', () => {
    assert.equal(busiestGpu(snapshot), undefined);
    const texts = figureTexts(snapshot);
    assert.deepEqual([texts.gpu, texts.gpuMemory], [undefined, undefined]);
  });

  it('has the time of the reading for a row', () => {
    const markdown = tooltipMarkdown(snapshot, 5_000);
    assert.match(markdown, /GPU A.*last reading \d\d:\d\d/);
    assert.doesNotMatch(markdown, /99 %|54 °C/);
  });

  it('has a gap in the charts', () => {
    assert.equal(historyPoint(snapshot).gpus, undefined);
  });
});

describe('status bar tooltip', () => {
  it('says memory, disk, network, what is busy and what Sentinel costs', () => {
    const markdown = tooltipMarkdown(madeSnapshot(), 5_000);
    for (const text of [
      '31 %',
      'load 2.4',
      '11.7 / 31.3 GB',
      '↓ 4.2 MB/s',
      '42 connections',
      'node',
      '0.05 %',
    ]) {
      assert.ok(markdown.includes(text), `${text} is missing in ${markdown}`);
    }
  });

  it('never shows a missing figure as 0', () => {
    const markdown = tooltipMarkdown(
      madeSnapshot({
        cpu: { count: 2 },
        memory: {},
        disk: { volumes: [] },
        network: { interfaces: [] },
        sentinel: {},
        processes: { count: 0, top: [], sampledAt: '2024-01-15T10:30:45.000Z' },
      }),
      7_000,
    );
    assert.doesNotMatch(markdown, /0/);
    assert.match(markdown, /Memory.*no figures yet/);
  });

  it('has a row for each device', () => {
    const devices = [
      madeGpu('A', { utilizationPercent: 87, temperatureC: 54, powerW: 412 }),
      madeGpu('B', { utilizationPercent: 1 }),
    ];
    const markdown = tooltipMarkdown(madeSnapshot({ gpu: { status: 'running', count: 2, devices } }), 5_000);
    assert.match(markdown, /GPU A.*87 % · 54 °C · 412 W/);
    assert.match(markdown, /GPU B.*1 %/);
  });

  it('lets no process name become markup', () => {
    const name = '[x](command:evil) $(bug) | <b>\n# h';
    const top = [{ pid: 1, name, cpuPercent: 1, rssMB: 1 }];
    const markdown = tooltipMarkdown(
      madeSnapshot({ processes: { count: 1, top, sampledAt: '2024-01-15T10:30:45.000Z' } }),
      5_000,
    );
    assert.ok(markdown.includes(escapeMarkdown(name)));
    assert.equal(escapeMarkdown(name), '\\[x\\]\\(command:evil\\) \\$\\(bug\\) \\| \\<b\\> \\# h');
  });
});
