import type { PanelToHost } from '../src/shared/protocol/panel';
import './live.css';
import { FaultReporter } from './faults';
import { parseHostMessage } from './hostMessages';
import { registerChartParts } from './lineChart';
import { LivePanel } from './livePanel';
import { Theme } from './theme';
import { defineToolkitElements } from './toolkit';

/** What VS Code keeps for this view while its document is gone: folds, and nothing that the host knows. */
interface ViewState {
  readonly interfacesShown: boolean;
}

const host = acquireVsCodeApi<ViewState>();
const send = (message: PanelToHost): void => {
  host.postMessage(message);
};
const faults = new FaultReporter(send);
faults.listen();

defineToolkitElements();
registerChartParts();
const panel = new LivePanel(document.body, new Theme(), send, {
  shown: host.getState()?.interfacesShown === true,
  remember(shown) {
    host.setState({ interfacesShown: shown });
  },
});

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const parsed = parseHostMessage(data);
  if ('message' in parsed) panel.apply(parsed.message);
  else faults.report(`message from the host ignored: ${parsed.problem}`);
});
send({ type: 'ready' });
