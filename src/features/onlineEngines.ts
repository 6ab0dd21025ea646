import path from 'node:path';
import * as vscode from 'vscode';
import { VirusTotalConsent } from '../services/consent/virusTotalConsent';
import type { HttpClient } from '../services/http/httpClient';
import { NodeHttpClient } from '../services/http/nodeHttpClient';
import type { FileEngine } from '../services/scan/fileEngine';
import { ServiceState } from '../services/scan/virustotal/serviceState';
import { VirusTotalOnDemand } from '../services/scan/virustotal/virusTotalOnDemand';
import type { ApiKeys, KeyedService } from '../services/secrets/apiKeys';
import { safeBrowsingKeyCheck, urlhausKeyCheck } from '../services/secrets/keyChecks';
import { KeyStore } from '../services/secrets/keyStore';
import { DisposableStore } from '../shared/disposable';
import type { CommandHandlers } from '../ui/commands';
import { askConsent } from '../ui/consent/askConsent';
import { egressText } from '../ui/consent/egressTexts';
import { pickMode } from '../ui/consent/modePick';
import { virusTotalNotice } from '../ui/scan/engineNotices';
import { KeyCommands } from '../ui/secrets/keyCommands';
import { keySurface } from '../ui/secrets/keySurface';
import { settingsSection } from '../ui/settings/settings';
import type { Feature, FeatureHost } from './feature';
import type { ScanHistory } from './scanHistory';

/** Services on the internet that give a second opinion, with what they need: keys, consent and a way to ask. */
export class OnlineEngines implements Feature {
  readonly http: HttpClient;
  readonly keys: ApiKeys;
  /** To be asked about files, beside the local engines. */
  readonly fileEngines: readonly FileEngine[];
  /** To be asked about links. */
  readonly virusTotal: Pick<VirusTotalOnDemand, 'urlReport'>;
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();

  constructor(host: FeatureHost, { setNotice }: Pick<ScanHistory, 'setNotice'>) {
    const { context, clock, log, settings, notifications } = host;
    const { t } = vscode.l10n;
    const logger = log.logger('online');
    const http = new NodeHttpClient({ clock });
    const keys = this.store.add(
      new KeyStore({ storage: context.secrets, redactor: log.redactor, logger: log.logger('secrets') }),
    );
    const consent = new VirusTotalConsent({
      mode: () => settings.current.virusTotal.mode,
      question: askConsent,
    });
    const state = this.store.add(new ServiceState(clock));
    const virusTotal = this.store.add(
      new VirusTotalOnDemand({
        http,
        keys,
        consent,
        state,
        clock,
        logger,
        folder: path.join(context.globalStorageUri.fsPath, 'virustotal'),
        settings: () => settings.current.virusTotal,
        egressText: (egress) => egressText(egress, t),
      }),
    );
    this.http = http;
    this.keys = keys;
    this.fileEngines = [virusTotal];
    this.virusTotal = virusTotal;
    this.store.add(
      keys.onChanged((service) => {
        if (service === 'virustotal') state.forget();
      }),
    );
    let { mode } = settings.current.virusTotal;
    this.store.add(
      settings.onChanged(({ virusTotal: { mode: now } }) => {
        if (now !== mode) consent.reset();
        mode = now;
      }),
    );
    const setKey = {
      label: t('Set API Key'),
      run: () => vscode.commands.executeCommand('sentinel.setApiKey', 'virustotal'),
    };
    this.store.add(
      state.onChanged((now) => {
        setNotice(virusTotalNotice(now, timeText, t));
        if (now.type === 'badKey') notifications.warning(t('VirusTotal refuses the API key.'), setKey);
      }),
    );
    const chooseMode = async (): Promise<void> => {
      const picked = await pickMode(settings.current.virusTotal.mode);
      if (picked === undefined) return;
      const section = vscode.workspace.getConfiguration(settingsSection);
      await section.update('virustotal.mode', picked, vscode.ConfigurationTarget.Global);
    };
    const keyCommands = new KeyCommands({
      keys,
      checks: {
        virustotal: virusTotal.checkKey,
        urlhaus: urlhausKeyCheck(http),
        safeBrowsing: safeBrowsingKeyCheck(http),
      },
      surface: keySurface,
      notifications,
      // A key alone allows nothing.
      onSet: (service: KeyedService) =>
        service === 'virustotal' && settings.current.virusTotal.mode === 'off' ? chooseMode() : undefined,
      t,
    });
    this.commands = { ...keyCommands.handlers, 'sentinel.chooseVirusTotalMode': chooseMode };
  }

  stop(): Promise<void> {
    this.store.dispose();
    return Promise.resolve();
  }
}

/** With the day, which may be another one. */
function timeText(epochMs: number): string {
  return new Date(epochMs).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}
