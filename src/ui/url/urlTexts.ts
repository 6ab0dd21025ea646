import { oneLine } from '../../shared/presentation/plainText';
import type { TypedUrls } from '../../shared/url/typedUrl';
import type { Translate } from '../translate';

const longestTitle = 80;

/** What a task that scans these is called. */
export function urlScanTitle(texts: readonly string[], t: Translate): string {
  const [first] = texts;
  return first !== undefined && texts.length === 1
    ? t('Scanning {0}', oneLine(first, longestTitle))
    : t('Scanning {0} links', texts.length);
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
