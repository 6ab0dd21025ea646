import assert from 'node:assert/strict';
import type { HostToPanel } from '../../src/shared/protocol/panel';
import { panelState } from '../unit/support/panelSamples';
import { axeFaults } from './support/accessibility';
import { openPanelPage, type PanelPage } from './support/panelPage';
import { absentScene, busyScene, containerScene } from './support/panelScenes';
import { panelThemes } from './support/panelThemes';
import { currentSession } from './support/session';
import { until } from './support/until';
import { requireBundle } from './support/webviewPage';

const scenes = { busy: busyScene, absent: absentScene, container: containerScene };

describe('the live panel’s document', () => {
  let panel: PanelPage;
  before(() => requireBundle('live'));
  afterEach(() => panel.close());

  async function open(message: HostToPanel, theme = 'dark', widthPx = 280): Promise<PanelPage> {
    panel = await openPanelPage(currentSession().browser, theme, widthPx);
    await panel.send(message);
    return panel;
  }

  for (const theme of Object.keys(panelThemes)) {
    for (const [name, scene] of Object.entries(scenes)) {
      it(`${theme}, ${name}: no fault, no violation, nothing clipped at any width`, async () => {
        await open(scene(), theme, 200);
        assert.deepEqual(await axeFaults(panel.page.mainFrame()), []);
        for (const width of [200, 280, 560, 1_200]) {
          await panel.page.setViewportSize({ width, height: 900 });
          assert.equal(await panel.overflowPx(), 0, `at ${width} px`);
        }
        assert.deepEqual(panel.faults(), []);
      });
    }
  }

  it('waits in words before the first sample, without a figure', async () => {
    await open({ type: 'hydrate', state: panelState(), history: [] });
    await panel.page.getByText('Waiting for the first sample…').waitFor();
    assert.equal(await panel.page.locator('.cards').isVisible(), false);
    assert.deepEqual(panel.received, [{ type: 'ready' }]);
  });

  it('shows a missing figure as a dash with its reason, never as 0', async () => {
    await open(absentScene());
    for (const [card, reason] of [
      ['cpu', 'Not available yet'],
      ['memory', 'Permission denied'],
      ['disk', 'No answer in time'],
      ['network', 'Not supported on this machine'],
    ]) {
      const figure = panel.page.locator(`section[aria-labelledby="${card ?? ''}-heading"] .figure`);
      assert.equal(await figure.locator('.figure-value').textContent(), '–');
      assert.equal(await figure.getAttribute('title'), reason);
    }
    assert.equal(await panel.page.getByText('GPU: none found').isVisible(), true);
  });

  it('tells a device’s zero from a figure that it does not have', async () => {
    await open(busyScene());
    const [training, silent] = [
      panel.page.locator('#gpu-0-heading'),
      panel.page.locator('#gpu-1-heading'),
    ].map((heading) => panel.page.locator('section').filter({ has: heading }));
    assert.equal(await training?.locator('.figure-value').textContent(), '0');
    assert.equal(await silent?.locator('.figure-value').textContent(), '–');
    assert.equal(await silent?.getByText('Use: not supported').isVisible(), true);
    await silent?.getByRole('button', { name: 'All figures' }).click();
    assert.equal(await silent?.locator('dd', { hasText: /^0/ }).count(), 0);
  });

  it('keeps a device’s card while another goes', async () => {
    const scene = busyScene();
    await open(scene);
    const { snapshot } = scene;
    assert.ok(snapshot);
    const gpu = { ...snapshot.gpu, count: 1, devices: snapshot.gpu.devices.slice(1) };
    await panel.send({
      type: 'snapshot',
      snapshot: { ...snapshot, gpu },
      point: { t: Date.parse(snapshot.timestamp) },
    });
    assert.equal(await panel.page.locator('#gpu-0-heading').count(), 0);
    assert.equal(await panel.page.locator('#gpu-1-heading .card-detail').textContent(), 'Silent card');
  });

  it('asks the host for everything it changes', async () => {
    await open(containerScene());
    await panel.page.getByRole('button', { name: 'Resume' }).click();
    await panel.page.getByRole('button', { name: 'Restart GPU telemetry' }).click();
    await panel.page.getByRole('radio', { name: '1 minute' }).focus();
    await panel.page.keyboard.press('ArrowRight');
    await until('four messages', () => Promise.resolve(panel.received.length >= 4 || undefined));
    assert.deepEqual(panel.received, [
      { type: 'ready' },
      { type: 'setPaused', paused: false },
      { type: 'restartGpu' },
      { type: 'setWindow', minutes: 5 },
    ]);
  });

  it('reaches every control with Tab, in the order of the page', async () => {
    await open(containerScene());
    const reached: string[] = [];
    for (let presses = 0; presses < 4; presses += 1) {
      await panel.page.keyboard.press('Tab');
      reached.push(
        await panel.page.evaluate<string>(
          'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
        ),
      );
    }
    assert.deepEqual(reached, ['1 minute', 'Resume', 'Settings of the live panel', 'Restart GPU telemetry']);
  });

  it('ignores a malformed message and reports it', async () => {
    await open(containerScene());
    await panel.send({ type: 'snapshot', snapshot: { cpu: 'busy' } });
    await until('a report', () => Promise.resolve(panel.faults()[0]));
    assert.match(panel.faults()[0] ?? '', /ignored/);
    assert.equal(await panel.page.locator('#cpu-heading').isVisible(), true);
  });

  it('paints charts anew when the theme changes', async () => {
    await open(busyScene());
    const picture = (): Promise<string> =>
      panel.page.evaluate<string>('document.querySelector("canvas").toDataURL()');
    const before = await picture();
    await panel.page.evaluate(
      'document.documentElement.style.setProperty("--vscode-charts-blue", "#ff00ff")',
    );
    await until('other colours', async () => (await picture()) !== before || undefined);
  });
});
