import type { OnlineUrlEngine } from '../../services/scan/url/online/onlineUrlEngine';
import { oneLine } from '../../shared/presentation/plainText';
import type { TypedUrls } from '../../shared/url/typedUrl';
import type { Translate } from '../translate';

const longestTitle = 80;

/** What a task that scans these is called. */
export function urlScanTitle(texts: readonly string[], t: Translate): string {
  const [first] = texts;
  return first !== undefined && texts.length === 1
    ? t('Scanning {0}', oneLine(withoutSecrets(first), longestTitle))
    : t('Scanning {0} links', texts.length);
}

/** Titles stand in logs, where passwords and the signatures of links to files have no business. */
function withoutSecrets(link: string): string {
  return link.replace(/^([a-z][a-z0-9+.-]*:[/\\]*)[^/\\?#]*@/i, '$1…@').replace(/([?#]).+$/s, '$1…');
}

export type OnlineSource = Pick<OnlineUrlEngine, 'name' | 'sends' | 'isEnabled'>;

/** What leaves this machine when a link is scanned now, in one line, to be read before. */
export function whatLeaves(sources: readonly OnlineSource[], t: Translate): string {
  const enabled = sources.filter(({ isEnabled }) => isEnabled);
  if (enabled.length === 0) return t('Nothing is opened, and nothing leaves this machine.');
  const named = (sent: OnlineSource['sends']): string =>
    enabled
      .filter(({ sends }) => sends === sent)
      .map(({ name }) => name)
      .join(', ');
  const [whole, hashes] = [named('url'), named('hashPrefixes')];
  return [
    ...(named('requestToHost') === '' ? [] : [t('Its host gets a request, and those that it leads to.')]),
    ...(whole === '' ? [] : [t('The whole link goes to {0}.', whole)]),
    ...(hashes === '' ? [] : [t('Parts of hashes of it go to {0}.', hashes)]),
  ].join(' ');
}

/** What is wrong with what was typed; undefined where nothing is. */
export function typedProblem(typed: TypedUrls, t: Translate): string | undefined {
  switch (typed.type) {
    case 'urls':
      return undefined;
    case 'empty':
      return t('Type or paste a link.');
    case 'notAUrl':
      return t('This is no link that a browser could open: {0}', oneLine(typed.what, longestTitle));
    case 'tooMany':
      return t('These are too many links at once.');
  }
}

/** How old an answer is that is at hand. */
export function scannedText(ageMs: number, t: Translate): string {
  const minutes = Math.floor(ageMs / 60_000);
  if (minutes < 1) return t('Scanned just now.');
  return minutes === 1 ? t('Scanned 1 minute ago.') : t('Scanned {0} minutes ago.', minutes);
}

/** That nothing was found in a file's links. @param name of the file, made harmless */
export function quietFileText(name: string, links: number, t: Translate): string {
  return links === 1
    ? t('{0}: nothing speaks against its link.', name)
    : t('{0}: nothing speaks against its {1} links.', name, links);
}

/** That something was, and the gravest of it. @param name of the file, made harmless like `gravest` */
export function alarmingFileText(
  name: string,
  { alarms, links, gravest }: { readonly alarms: number; readonly links: number; readonly gravest: string },
  t: Translate,
): string {
  if (links === 1) return t('{0}: its link is not to be trusted. {1}', name, gravest);
  return alarms === 1
    ? t('{0}: 1 of {1} links is not to be trusted. {2}', name, links, gravest)
    : t('{0}: {1} of {2} links are not to be trusted. The gravest: {3}', name, alarms, links, gravest);
}
