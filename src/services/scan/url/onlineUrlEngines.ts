import type { OnlineUrlSettings } from '../../../shared/url/onlineUrlSettings';
import type { SentAway } from '../../../shared/url/sentAway';
import { engineNames } from '../engines';
import type { EngineControl } from '../fileEngine';
import type * as Online from './online/onlineUrls.later';
import { linkFollowing, safeBrowsing, urlhaus } from './online/onlineEngines';
import type { OnlineUrlEngine } from './online/onlineUrlEngine';
import type { UrlEngineAnswer, UrlTarget } from './urlEngine';

interface Source {
  readonly id: string;
  readonly name: string;
  readonly setting: keyof OnlineUrlSettings;
  readonly sends: SentAway;
}

const sources: readonly Source[] = [
  { ...linkFollowing, setting: 'followRedirects', sends: 'requestToHost' },
  { ...urlhaus, setting: 'urlhaus', sends: 'url' },
  { ...safeBrowsing, setting: 'safeBrowsing', sends: 'hashPrefixes' },
  { id: 'virustotal', name: engineNames.virustotal, setting: 'virustotal', sends: 'url' },
];

/**
 * The online engines for links, as `createOnlineUrlEngines` makes them. Most people have none of them switched on: their
 * code is loaded when the first that is switched on is asked.
 *
 * @param load in place of what the build has put aside
 */
export function onlineUrlEngines(
  options: Online.OnlineUrlEnginesOptions,
  load: () => Pick<typeof Online, 'createOnlineUrlEngines'> = onlineLibrary,
): readonly OnlineUrlEngine[] {
  let engines: readonly OnlineUrlEngine[] | undefined;
  const loaded = (id: string): OnlineUrlEngine => {
    engines ??= load().createOnlineUrlEngines(options);
    const engine = engines.find((other) => other.id === id);
    if (engine === undefined) throw new Error(`There is no engine ${id}.`);
    return engine;
  };
  return sources.map((source) => new LateEngine(source, options.settings, () => loaded(source.id)));
}

function onlineLibrary(): typeof Online {
  // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./online/onlineUrls.later') as typeof Online;
}

class LateEngine implements OnlineUrlEngine {
  constructor(
    private readonly source: Source,
    private readonly settings: () => OnlineUrlSettings,
    private readonly engine: () => OnlineUrlEngine,
  ) {}

  get id(): string {
    return this.source.id;
  }

  get name(): string {
    return this.source.name;
  }

  get sends(): SentAway {
    return this.source.sends;
  }

  get isEnabled(): boolean {
    return this.settings()[this.source.setting];
  }

  async ask(target: UrlTarget, control: EngineControl): Promise<UrlEngineAnswer> {
    if (this.isEnabled) return await this.engine().ask(target, control);
    const { id, name } = this.source;
    return {
      report: { id, name, state: 'notAsked', reason: 'switchedOff', sendsAway: true },
      findings: [],
    };
  }
}
