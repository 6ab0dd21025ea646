import { type HistoryWindowMinutes, historyWindowsMinutes } from '../src/shared/metrics/history';
import type { MachineInfo } from '../src/shared/metrics/snapshot';
import type { PanelState } from '../src/shared/protocol/panel';
import { element, setAttribute, setText, setTitle } from './dom';
import { formatInterval } from '../src/shared/presentation/format';
import type { Send } from './frame';
import { icon, setIcon } from './icons';
import { describeMachine } from '../src/shared/presentation/machine';
import { createToolkitButton } from './toolkit';

export type Liveness = 'waiting' | 'live' | 'paused' | 'late';

const livenessText: Readonly<Record<Liveness, string>> = {
  waiting: 'Waiting',
  live: 'Live',
  paused: 'Paused',
  late: 'No answer',
};

/** Whether this is live, how often, of which machine; and what a person can change about it. */
export class Header {
  private readonly dot = element('span', { class: 'live-dot', attributes: { 'aria-hidden': 'true' } });
  /** Speaks only when the word changes, never on a tick. */
  private readonly word = element('span', { class: 'live-word', attributes: { role: 'status' } });
  private readonly detail = element('span', { class: 'live-detail' });
  private readonly pauseIcon = icon('pause');
  private readonly pause = createToolkitButton('icon', 'Pause');
  private readonly radios = new Map<HistoryWindowMinutes, HTMLInputElement>();
  private paused = false;
  readonly element: HTMLElement;

  constructor(send: Send) {
    this.pause.append(this.pauseIcon);
    this.pause.addEventListener('click', () => {
      send({ type: 'setPaused', paused: !this.paused });
    });
    const settings = createToolkitButton('icon', 'Settings of the live panel');
    settings.title = 'Settings';
    settings.append(icon('settings'));
    settings.addEventListener('click', () => {
      send({ type: 'openSettings' });
    });
    this.element = element(
      'header',
      { class: 'panel-header' },
      element('div', { class: 'live' }, this.dot, this.word, this.detail),
      element('div', { class: 'controls' }, this.windowChoice(send), this.pause, settings),
    );
  }

  update(state: PanelState, machine: MachineInfo | undefined, liveness: Liveness): void {
    this.paused = state.paused;
    this.element.dataset['liveness'] = liveness;
    setText(this.word, livenessText[liveness]);
    const detail = [formatInterval(state.intervalMs), describeMachine(machine, state.remoteName)]
      .filter(Boolean)
      .join(' · ');
    setText(this.detail, detail);
    setTitle(this.detail, detail);
    const pauseLabel = state.paused ? 'Resume' : 'Pause';
    setAttribute(this.pause, 'aria-label', pauseLabel);
    setTitle(this.pause, pauseLabel);
    setIcon(this.pauseIcon, state.paused ? 'play' : 'pause');
    const radio = this.radios.get(state.windowMinutes);
    if (radio && !radio.checked) radio.checked = true;
  }

  /** Native radio buttons: arrow keys, one stop for Tab and the group's name come with them. */
  private windowChoice(send: Send): HTMLElement {
    const group = element(
      'fieldset',
      { class: 'window-choice' },
      element('legend', { class: 'visually-hidden', text: 'Time shown by the charts' }),
    );
    for (const minutes of historyWindowsMinutes) {
      const input = element('input', {
        attributes: { type: 'radio', name: 'window', value: minutes.toString() },
      });
      const spoken = minutes === 1 ? '1 minute' : `${minutes} minutes`;
      input.setAttribute('aria-label', spoken);
      input.addEventListener('change', () => {
        if (input.checked) send({ type: 'setWindow', minutes });
      });
      this.radios.set(minutes, input);
      const label = element('label', { title: spoken }, input, element('span', { text: `${minutes}m` }));
      group.append(label);
    }
    return group;
  }
}
