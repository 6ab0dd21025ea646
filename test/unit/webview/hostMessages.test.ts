import assert from 'node:assert/strict';
import type { GpuDevice } from '../../../src/shared/gpu/gpu';
import { gpuMetricNames } from '../../../src/shared/gpu/gpu';
import { historyPoint } from '../../../src/shared/metrics/history';
import type { HostToPanel } from '../../../src/shared/protocol/panel';
import { parseHostMessage } from '../../../webview-ui/hostMessages';
import { minimalSnapshot, panelState } from '../support/panelSamples';

/** As VS Code hands it over. */
function sent(message: HostToPanel): unknown {
  return JSON.parse(JSON.stringify(message));
}

function device(): GpuDevice {
  const metrics = Object.fromEntries(gpuMetricNames.map((name) => [name, { status: 'unsupported' }]));
  return {
    id: 'a',
    name: 'H200',
    vendor: 'nvidia',
    metrics: { ...metrics, powerW: { status: 'ok', value: 412 } },
  } as GpuDevice;
}

describe('parseHostMessage', () => {
  const snapshot = minimalSnapshot({
    gpu: { status: 'running', count: 1, devices: [device()], readAt: '2024-01-15T10:30:45.000Z' },
  });
  const messages: HostToPanel[] = [
    {
      type: 'hydrate',
      state: panelState({ remoteName: 'wsl' }),
      history: [historyPoint(snapshot)],
      snapshot,
    },
    { type: 'hydrate', state: panelState(), history: [] },
    { type: 'snapshot', snapshot, point: historyPoint(snapshot) },
    { type: 'state', state: panelState({ windowMinutes: 15 }) },
  ];

  for (const [index, message] of messages.entries()) {
    it(`takes message ${index} (${message.type}) whole`, () => {
      assert.deepEqual(parseHostMessage(sent(message)), { message: sent(message) });
    });
  }

  it('refuses what is malformed', () => {
    const malformed: unknown[] = [
      undefined,
      'hydrate',
      { type: 'unknown' },
      { type: 'snapshot' },
      { type: 'state', state: { ...panelState(), windowMinutes: 7 } },
      { type: 'state', state: { ...panelState(), intervalMs: 0 } },
      { type: 'hydrate', state: panelState(), history: [{ t: 'now' }] },
      { type: 'snapshot', snapshot: { ...snapshot, cpu: { count: 4, percent: 130 } }, point: { t: 1 } },
    ];
    for (const raw of malformed) assert.ok('problem' in parseHostMessage(raw), JSON.stringify(raw));
  });
});
