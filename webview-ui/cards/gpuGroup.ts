import type { GpuState, GpuStatus } from '../../src/shared/gpu/gpu';
import { gpuProblemText } from '../../src/shared/presentation/gpuProblem';
import { element, setHidden, setText } from '../dom';
import type { PanelFrame, Send } from '../frame';
import { icon, setIcon } from '../icons';
import type { Theme } from '../theme';
import { createToolkitButton } from '../toolkit';
import { GpuCard } from './gpuCard';

/**
 * All graphics processors: a card for each, one that tells what is wrong with the telemetry and offers to restart
 * it, and otherwise one quiet line.
 */
export class GpuGroup {
  /** Takes part in the grid through its children; has no box of its own. */
  readonly element = element('div', { class: 'gpu-group' });
  /** For the panel's last lines. */
  readonly quietLine = element('p');
  private readonly mark = icon('warning');
  private readonly problemTitle = element('span', { class: 'card-name' });
  private readonly problemReason = element('p', { class: 'problem-reason' });
  private readonly problem: HTMLElement;
  private cards: GpuCard[] = [];
  private serial = 0;

  constructor(
    private readonly theme: Theme,
    send: Send,
  ) {
    const restart = createToolkitButton('secondary', 'Restart GPU telemetry');
    restart.textContent = 'Restart';
    restart.addEventListener('click', () => {
      send({ type: 'restartGpu' });
    });
    const heading = element('h2', { attributes: { id: 'gpu-problem-heading' } }, this.problemTitle);
    this.problem = element(
      'section',
      { class: 'card problem', attributes: { 'aria-labelledby': 'gpu-problem-heading' } },
      element('div', { class: 'card-header' }, this.mark, heading),
      element('div', { class: 'card-body' }, this.problemReason, restart),
    );
    this.element.append(this.problem);
  }

  update(frame: PanelFrame): void {
    const { gpu } = frame.snapshot;
    this.updateProblem(gpu);
    setText(this.quietLine, quietText(gpu));
    setHidden(this.quietLine, quietText(gpu) === '');
    const ids = gpu.devices.map(({ id }) => id);
    for (const gone of this.cards.filter(({ id }) => !ids.includes(id))) gone.dispose();
    this.cards = gpu.devices.map((device, index) => {
      const card = this.cards.find(({ id }) => id === device.id) ?? this.addCard(device.id);
      const title = gpu.devices.length > 1 ? `GPU ${index}` : 'GPU';
      card.update(device, title, frame, staleSince(gpu));
      return card;
    });
  }

  private addCard(id: string): GpuCard {
    const card = new GpuCard(this.theme, id, this.serial);
    this.serial += 1;
    this.element.append(card.element);
    return card;
  }

  private updateProblem(gpu: GpuState): void {
    const { status } = gpu;
    const title = problemTitle(status);
    setHidden(this.problem, title === undefined);
    if (title === undefined) return;
    this.problem.dataset['state'] = status === 'breakerOpen' ? 'error' : 'warning';
    setIcon(this.mark, status === 'breakerOpen' ? 'error' : 'warning');
    setText(this.problemTitle, title);
    setText(this.problemReason, gpuProblemText(gpu));
  }
}

function problemTitle(status: GpuStatus): string | undefined {
  switch (status) {
    case 'degraded':
      return 'GPU figures are incomplete';
    case 'breakerOpen':
      return 'GPU telemetry is off';
    case 'notStarted':
    case 'stopped':
    case 'starting':
    case 'running':
      return undefined;
  }
}

/** One line for states that need nobody's attention; empty while there are devices or a problem to show. */
function quietText({ status, reason, devices, readAt }: GpuState): string {
  if (devices.length > 0 && status !== 'stopped') return '';
  switch (status) {
    case 'notStarted':
      return `GPU: ${reason ?? 'telemetry not started'}`;
    case 'stopped':
      return `GPU: ${reason ?? 'telemetry stopped'}`;
    case 'starting':
      return readAt === undefined ? 'Looking for GPUs' : 'GPU: telemetry starting';
    case 'running':
      return `GPU: ${reason ?? 'none found'}`;
    case 'degraded':
    case 'breakerOpen':
      return '';
  }
}

function staleSince({ stale, readAt }: GpuState): string | undefined {
  return stale === true && readAt !== undefined ? new Date(readAt).toLocaleTimeString() : undefined;
}
