import type { FileEngine } from '../services/scan/fileEngine';
import type { Scans } from '../services/scan/scans';
import { DisposableStore } from '../shared/disposable';
import type { CommandHandlers } from '../ui/commands';
import { SelfTestDocuments } from '../ui/selfTest/selfTestDocuments';
import type { Feature, FeatureHost } from './feature';
import type * as Later from './selfTest.later';

/** Tells which engines would have caught something, with the test file that all of them know. */
export class EngineSelfTest implements Feature {
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();

  /** @param engines those that scans do not ask by themselves */
  constructor(host: FeatureHost, scans: Scans, engines: readonly FileEngine[]) {
    const { notifications, startup } = host;
    let documents: SelfTestDocuments | undefined;
    startup.addImmediate('self-test', () => {
      documents = this.store.add(new SelfTestDocuments());
    });
    this.commands = {
      'sentinel.selfTest': async () => {
        const answer = await later().runSelfTest(host, scans, engines);
        if (answer === undefined) return undefined;
        const { result, summary, text } = answer;
        if (result.lines.some(({ outcome }) => outcome === 'missed')) notifications.warning(summary);
        else notifications.info(summary);
        await documents?.show(text);
        return result;
      },
    };
  }

  stop(): Promise<void> {
    this.store.dispose();
    return Promise.resolve();
  }
}

function later(): typeof Later {
  // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./selfTest.later') as typeof Later;
}
