import type { HistorySetAside, HistoryState } from '../../services/history/history';
import { formatInteger } from '../../shared/presentation/format';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';

type Unwritable = Extract<HistoryState, { type: 'unwritable' }>;

/** What is wrong with the history, in a sentence or two; undefined while nothing is. */
export function stateText(state: HistoryState, t: Translate): string | undefined {
  switch (state.type) {
    case 'closed':
    case 'ready':
      return undefined;
    case 'unwritable':
      return [unwritableText(state, t), waitingText(state.waiting, t)].filter(Boolean).join(' ');
    case 'newerVersion':
      return t(
        'A newer version of Sentinel has written the scan history. Scans of this window are not kept until Sentinel is updated and the window reloaded.',
      );
    case 'failed':
      return t(
        'The scan history cannot be read. Scans of this window wait in memory until it can. The log says why.',
      );
  }
}

function unwritableText({ problem, systemCode }: Unwritable, t: Translate): string {
  switch (problem ?? 'failed') {
    case 'full':
      return t('The scan history cannot be saved: the disk is full.');
    case 'readOnly':
      return t('The scan history cannot be saved: the disk is read-only.');
    case 'forbidden':
      return t('The scan history cannot be saved: you have no permission to write to its folder.');
    case 'locked':
      return t('The scan history cannot be saved: another window holds it and does not go on.');
    case 'failed':
      return systemCode === undefined
        ? t('The scan history cannot be saved. The log says why.')
        : t('The scan history cannot be saved ({0}). The log says why.', plainText(systemCode));
  }
}

function waitingText(waiting: number, t: Translate): string {
  if (waiting === 0) return '';
  return waiting === 1
    ? t('1 change waits in memory until it can.')
    : t('{0} changes wait in memory until it can.', formatInteger(waiting));
}

/** That a file was set aside or is missing, with its name. */
export function setAsideText(
  { problem }: Pick<HistorySetAside, 'problem'>,
  name: string,
  t: Translate,
): string {
  const file = plainText(name);
  switch (problem) {
    case 'damaged':
      return t(
        'A file of the scan history is damaged. It is kept as {0}; what could be read of it is there.',
        file,
      );
    case 'foreign':
      return t(
        'A file of the scan history was not made by Sentinel. It is kept as {0}, and is not used.',
        file,
      );
    case 'missing':
      return t(
        'A file of the scan history is missing: {0}. What could be read of the history is there.',
        file,
      );
  }
}
