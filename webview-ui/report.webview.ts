import type { ReportToHost } from '../src/shared/protocol/report';
import './report/report.css';
import { FaultReporter } from './faults';
import { parseHostMessage } from './report/hostMessages';
import { Memory } from './report/memory';
import { ReportPage } from './report/reportPage';
import { defineToolkitElements } from './toolkit';

const scrollSettledMs = 200;

const host = acquireVsCodeApi();
const send = (message: ReportToHost): void => {
  host.postMessage(message);
};
const faults = new FaultReporter(send);
faults.listen();

defineToolkitElements();
const memory = new Memory(host);
const page = new ReportPage(document.body, send, memory);

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const parsed = parseHostMessage(data);
  if ('message' in parsed) page.apply(parsed.message);
  else faults.report(`message from the host ignored: ${parsed.problem}`);
});
let settling: ReturnType<typeof setTimeout> | undefined;
window.addEventListener('scroll', () => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    memory.setScrollTop(window.scrollY);
  }, scrollSettledMs);
});
send({ type: 'ready' });
