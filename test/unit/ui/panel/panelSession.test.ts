import assert from 'node:assert/strict';
import { toDisposable } from '../../../../src/shared/disposable';
import { Emitter } from '../../../../src/shared/event';
import { type Logger, nullLogger } from '../../../../src/shared/logger';
import { type HistoryPoint, historyPoint } from '../../../../src/shared/metrics/history';
import type { MetricsSnapshot } from '../../../../src/shared/metrics/snapshot';
import type { HostToPanel, PanelState } from '../../../../src/shared/protocol/panel';
import type { PanelModel } from '../../../../src/ui/panel/panelModel';
import { PanelSession } from '../../../../src/ui/panel/panelSession';
import { minimalSnapshot, panelState } from '../../support/panelSamples';
import { FakeSurface } from '../support/fakeSurface';

class FakeModel implements PanelModel {
  state: PanelState = panelState();
  history: HistoryPoint[] = [];
  latest: MetricsSnapshot | undefined;
  readonly snapshots = new Emitter<MetricsSnapshot>();
  readonly states = new Emitter<PanelState>();
  readonly onSnapshot = this.snapshots.event;
  readonly onState = this.states.event;
  readonly calls: unknown[][] = [];
  demands = 0;

  setPaused(paused: boolean): void {
    this.calls.push(['setPaused', paused]);
  }
  setWindow(minutes: number): void {
    this.calls.push(['setWindow', minutes]);
  }
  setCoresShown(shown: boolean): void {
    this.calls.push(['setCoresShown', shown]);
  }
  restartGpu(): void {
    this.calls.push(['restartGpu']);
  }
  openSettings(): void {
    this.calls.push(['openSettings']);
  }
  demand(): { dispose(): void } {
    this.demands += 1;
    return toDisposable(() => {
      this.demands -= 1;
    });
  }

  sample(snapshot = minimalSnapshot()): void {
    this.latest = snapshot;
    this.history = [...this.history, historyPoint(snapshot)];
    this.snapshots.fire(snapshot);
  }
}

function start(options: { visible?: boolean } = {}): {
  surface: FakeSurface<HostToPanel>;
  model: FakeModel;
  session: PanelSession;
  warnings: string[];
} {
  const surface = new FakeSurface<HostToPanel>();
  surface.visible = options.visible ?? true;
  const model = new FakeModel();
  const warnings: string[] = [];
  const logger: Logger = { ...nullLogger, warning: (message) => warnings.push(message) };
  return { surface, model, session: new PanelSession(surface, model, logger), warnings };
}

const ready = { type: 'ready' };

describe('PanelSession', () => {
  it('sends nothing before the document is ready, then everything', () => {
    const { surface, model } = start();
    model.sample();
    assert.deepEqual(surface.types, []);
    surface.messages.fire(ready);
    assert.deepEqual(surface.posted, [
      { type: 'hydrate', state: model.state, history: model.history, snapshot: model.latest },
    ]);
  });

  it('hydrates without a snapshot before the first sample', () => {
    const { surface, model } = start();
    surface.messages.fire(ready);
    assert.deepEqual(surface.posted, [{ type: 'hydrate', state: model.state, history: [] }]);
  });

  it('passes each snapshot on with its point, and each change of state', () => {
    const { surface, model } = start();
    surface.messages.fire(ready);
    const snapshot = minimalSnapshot();
    model.sample(snapshot);
    model.states.fire(panelState({ paused: true }));
    assert.deepEqual(surface.posted.slice(1), [
      { type: 'snapshot', snapshot, point: historyPoint(snapshot) },
      { type: 'state', state: panelState({ paused: true }) },
    ]);
  });

  it('sends nothing to a hidden panel, and everything when it is shown again', () => {
    const { surface, model } = start();
    surface.messages.fire(ready);
    surface.show(false);
    model.sample();
    model.states.fire(panelState());
    assert.deepEqual(surface.types, ['hydrate']);
    surface.show(true);
    model.sample();
    assert.deepEqual(surface.types, ['hydrate'], 'the new document does not listen yet');
    surface.messages.fire(ready);
    assert.deepEqual(surface.types, ['hydrate', 'hydrate']);
    const last = surface.posted.at(-1);
    assert.ok(last?.type === 'hydrate');
    assert.equal(last.history.length, 2);
  });

  it('answers each ready: a document that was loaded anew knows nothing', () => {
    const { surface } = start();
    surface.messages.fire(ready);
    surface.messages.fire(ready);
    assert.deepEqual(surface.types, ['hydrate', 'hydrate']);
  });

  it('demands live sampling while visible, once', () => {
    const { surface, model, session } = start({ visible: false });
    assert.equal(model.demands, 0);
    surface.show(true);
    surface.show(true);
    assert.equal(model.demands, 1);
    surface.show(false);
    assert.equal(model.demands, 0);
    surface.show(true);
    assert.equal(model.demands, 1);
    session.dispose();
    assert.equal(model.demands, 0);
  });

  it('does what the panel asks', () => {
    const { surface, model } = start();
    surface.messages.fire({ type: 'setPaused', paused: true });
    surface.messages.fire({ type: 'setWindow', minutes: 15 });
    surface.messages.fire({ type: 'setCoresShown', shown: true });
    surface.messages.fire({ type: 'restartGpu' });
    surface.messages.fire({ type: 'openSettings' });
    assert.deepEqual(model.calls, [
      ['setPaused', true],
      ['setWindow', 15],
      ['setCoresShown', true],
      ['restartGpu'],
      ['openSettings'],
    ]);
  });

  it('refuses what is malformed with a line in the log', () => {
    const { surface, model, warnings } = start();
    const malformed = [
      undefined,
      null,
      'ready',
      {},
      { type: 'setWindow', minutes: 7 },
      { type: 'setPaused', paused: 'yes' },
      { type: 'setPaused', paused: true, more: 1 },
      { type: 'execute', command: 'rm' },
    ];
    for (const raw of malformed) surface.messages.fire(raw);
    assert.deepEqual(model.calls, []);
    assert.deepEqual(surface.posted, []);
    assert.equal(warnings.length, malformed.length);
    for (const warning of warnings) assert.match(warning, /refused/);
  });

  it('logs faults of the page, and not without end', () => {
    const { surface, warnings } = start();
    for (let i = 0; i < 1_000; i += 1) surface.messages.fire({ type: 'fault', message: `fault ${i}` });
    assert.match(warnings[0] ?? '', /fault 0/);
    assert.equal(warnings.length, 21);
  });

  it('outlives a panel that refuses a message', async () => {
    const { surface, model } = start();
    surface.answer = () => Promise.reject(new Error('Webview is disposed'));
    surface.messages.fire(ready);
    model.sample();
    await Promise.resolve();
    assert.deepEqual(surface.types, ['hydrate', 'snapshot']);
  });

  it('leaves nothing behind, however often it is disposed', () => {
    const { surface, model, session } = start();
    surface.messages.fire(ready);
    session.dispose();
    session.dispose();
    const listeners = [surface.messages, surface.visibility, model.snapshots, model.states];
    assert.deepEqual(
      listeners.map(({ listenerCount }) => listenerCount),
      [0, 0, 0, 0],
    );
    model.sample();
    surface.show(true);
    assert.equal(model.demands, 0);
    assert.deepEqual(surface.types, ['hydrate']);
  });
});
