import * as vscode from 'vscode';
import type { FileEngine } from '../services/scan/fileEngine';
import type { Scans } from '../services/scan/scans';
import { SelfTest } from '../services/selfTest/selfTest';
import { DisposableStore } from '../shared/disposable';
import type { CommandHandlers } from '../ui/commands';
import { DateTexts } from '../ui/history/dateTexts';
import { selfTestDocument, selfTestSummary } from '../ui/selfTest/selfTestDocument';
import { SelfTestDocuments } from '../ui/selfTest/selfTestDocuments';
import type { Feature, FeatureHost } from './feature';

/** Tells which engines would have caught something, with the test file that all of them know. */
export class EngineSelfTest implements Feature {
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();

  /** @param engines those that scans do not ask by themselves */
  constructor(host: FeatureHost, scans: Scans, engines: readonly FileEngine[]) {
    const { tasks, clock, notifications, startup } = host;
    const { t } = vscode.l10n;
    const test = new SelfTest({ scans, engines, supervisor: tasks, clock, title: t('Self-test of engines') });
    const dates = new DateTexts(vscode.env.language);
    let documents: SelfTestDocuments | undefined;
    startup.addImmediate('self-test', () => {
      documents = this.store.add(new SelfTestDocuments());
    });
    this.commands = {
      'sentinel.selfTest': async () => {
        const result = await test.run();
        if (result === undefined) return undefined;
        const summary = selfTestSummary(result, t);
        if (result.lines.some(({ outcome }) => outcome === 'missed')) notifications.warning(summary);
        else notifications.info(summary);
        await documents?.show(selfTestDocument(result, dates, t));
        return result;
      },
    };
  }

  stop(): Promise<void> {
    this.store.dispose();
    return Promise.resolve();
  }
}
