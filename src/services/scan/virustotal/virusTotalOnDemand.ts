import type { Disposable } from '../../../shared/disposable';
import type { EngineReason, EngineReport } from '../../../shared/scan/record';
import type { KeyCheck } from '../../secrets/keyChecks';
import { notAsked } from '../engines';
import type { EngineAnswer, EngineControl, FileEngine, FileTarget } from '../fileEngine';
import type * as Library from './virusTotal.later';

/** Its turn, an upload on a slow line and an analysis take their time, a person who is asked takes theirs. */
const longestMs = 45 * 60_000;

/**
 * VirusTotal as the rest of Sentinel knows it. Most windows never ask it: the code that does is loaded when it is
 * switched on and asked for the first time.
 */
export class VirusTotalOnDemand implements FileEngine, Disposable {
  readonly id = 'virustotal';
  readonly timeLimitMs = longestMs;
  private loaded: Library.VirusTotal | undefined;

  constructor(private readonly options: Library.VirusTotalOptions) {}

  /** Asks about a file. Never rejects. */
  async ask(target: FileTarget, control: EngineControl): Promise<EngineAnswer> {
    const declined = await this.declinesFolders();
    if (declined !== undefined) return { report: declined, findings: [] };
    return this.virusTotal.engine.ask(target, control);
  }

  /** Why it is not asked about any file, found out without asking anybody; undefined where it is asked. */
  async declinesFolders(): Promise<EngineReport | undefined> {
    const { consent, keys } = this.options;
    if (consent.mode === 'off') return unasked('switchedOff');
    if ((await keys.get('virustotal')) !== undefined) return undefined;
    return unasked('notConfigured', 'no API key is set');
  }

  /** Asks about an address on the web. Never rejects. @param url http or https */
  async urlReport(url: string, control: EngineControl): Promise<EngineAnswer> {
    const declined = await this.declinesFolders();
    if (declined !== undefined) return { report: declined, findings: [] };
    return this.virusTotal.urls.urlReport(url, control);
  }

  readonly checkKey: KeyCheck = (key, signal) => this.virusTotal.checkKey(key, signal);

  dispose(): void {
    this.loaded?.dispose();
  }

  private get virusTotal(): Library.VirusTotal {
    // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const library = require('./virusTotal.later') as typeof Library;
    this.loaded ??= library.createVirusTotal(this.options);
    return this.loaded;
  }
}

function unasked(reason: EngineReason, detail?: string): EngineReport {
  return { ...notAsked('virustotal', reason, detail), sendsAway: false };
}
