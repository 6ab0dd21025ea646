import path from 'node:path';
import { formatBytes } from '../../shared/presentation/format';
import { oneLine, plainText } from '../../shared/presentation/plainText';
import { verdictLabel } from '../../shared/presentation/verdictTexts';
import type { QuarantineItem, QuarantineRefused } from '../../shared/quarantine/quarantineRecord';
import type { DateTexts } from '../dateTexts';
import type { Translate } from '../translate';

export function nameOf(file: string): string {
  return plainText(path.basename(file) || file);
}

/** The folder of a file, in full. */
export function placeOf(file: string): string {
  return oneLine(path.dirname(file), 1_000);
}

/** Why something was not done, in sentences. All of them leave everything as it was. */
export function refusalText(file: string, { reason, systemCode }: QuarantineRefused, t: Translate): string {
  const name = nameOf(file);
  const code = systemCode ?? '?';
  switch (reason) {
    case 'vanished':
      return t('{0} is not there any more.', name);
    case 'permissionDenied':
      return t('You have no permission to read {0}.', name);
    case 'isDirectory':
      return t('{0} is a folder. Only single files can be moved to the quarantine.', name);
    case 'notRegularFile':
      return t('{0} is a pipe, a socket or a device, and no file.', name);
    case 'symbolicLink':
      return t('{0} is a link. Move the file that it leads to instead: the link does no harm.', name);
    case 'linkLoop':
      return t('{0} is a link that leads back to itself.', name);
    case 'unreadable':
      return t('{0} could not be read ({1}).', name, code);
    case 'hardLinked':
      return t('{0} has other names, which would stay.', name);
    case 'changed':
      return t('{0} is not the file that was scanned: it has changed since. Scan it again.', name);
    case 'changing':
      return t('{0} changed while it was read, so that it was left where it is. Try again.', name);
    case 'notRemovable':
      return t('{0} may not be removed from its folder ({1}), so that it was left where it is.', name, code);
    case 'ownFile':
      return t('{0} lies in the quarantine already.', name);
    case 'inUse':
      return t('Another program uses {0} ({1}), so that it was left where it is.', name, code);
    case 'diskFull':
      return t('There is not enough room on the disk for {0}. Nothing was changed.', name);
    case 'notWritable':
      return t('The place that {0} should go to cannot be written ({1}). Nothing was changed.', name, code);
    case 'notVerified':
      return t('What was written of {0} was read back as something else. Nothing was changed.', name);
    case 'unknownItem':
      return t('{0} is not in the quarantine any more.', name);
    case 'unfinished':
      return t('What was done with {0} before was interrupted. It waits for a disk that can be read.', name);
    case 'damaged':
      return t('What the quarantine holds of {0} is damaged, and was not restored.', name);
    case 'nameTaken':
      return t('There is something named {0} in that place now. It was not replaced.', name);
    case 'folderGone':
      return t('The folder that {0} came from is not there any more.', name);
    case 'folderElsewhere':
      return t('The folder that {0} came from is a link to another folder now.', name);
    case 'lockLost':
      return t('Another machine uses the quarantine at the same time. Try again.');
    case 'failed':
      return t('{0} could not be moved ({1}). Nothing was changed.', name, code);
  }
}

/** What does not come back with a file. Nobody tells which of it a file has. */
export function lossText(t: Translate): string {
  return t(
    'Its content, name, permissions, owner and time are kept. Access lists and extended attributes, such as the mark of a download, are not.',
  );
}

/** What a person reads before a file moves. */
export function moveDetail(
  file: string,
  { isChanged, isUnsaved }: { readonly isChanged: boolean; readonly isUnsaved: boolean },
  t: Translate,
): string {
  return [
    oneLine(file, 1_000),
    t(
      'It is taken away from there and kept in a form that can be neither run nor opened, until you restore it or delete it for good. What needs it will miss it.',
    ),
    lossText(t),
    ...(isChanged ? [t('It was changed after the scan: what is there now was not scanned.')] : []),
    ...(isUnsaved ? [t('An editor has unsaved changes of it. Saving them writes the file again.')] : []),
  ].join('\n\n');
}

const mostNamed = 10;

/** The same for several. */
export function moveAllDetail(files: readonly string[], t: Translate): string {
  const more = files.length - mostNamed;
  return [
    [
      ...files.slice(0, mostNamed).map((file) => oneLine(file)),
      ...(more > 0 ? [t('and {0} more', more)] : []),
    ].join('\n'),
    t(
      'They are taken away from there and kept in a form that can be neither run nor opened, until you restore them or delete them for good. What needs them will miss them.',
    ),
    t(
      'Their contents, names, permissions, owners and times are kept. Access lists and extended attributes, such as the mark of a download, are not.',
    ),
  ].join('\n\n');
}

/** A row of the list. */
export interface ItemTexts {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

export function itemTexts(item: QuarantineItem, dates: Pick<DateTexts, 'exact'>, t: Translate): ItemTexts {
  const { record } = item;
  if (record === undefined) {
    const id = item.type === 'damaged' ? item.id : '';
    return { label: t('Unknown file'), description: problemText(item, t), detail: id };
  }
  const { origin, sizeBytes, movedAt, sha256, reason } = record;
  return {
    label: nameOf(origin),
    description: [
      ...(reason?.verdict === undefined ? [] : [t(verdictLabel(reason.verdict))]),
      ...(item.type === 'stored' ? [] : [problemText(item, t)]),
      plainText(path.dirname(origin)),
    ].join(' · '),
    detail: [dates.exact(movedAt), formatBytes(sizeBytes), `SHA-256 ${sha256.slice(0, 16)}…`].join(' · '),
  };
}

function problemText(item: QuarantineItem, t: Translate): string {
  if (item.type === 'unfinished') return t('not finished: at work in another window, or waits for a disk');
  if (item.type === 'stored') return '';
  switch (item.problem) {
    case 'recordMissing':
      return t('its record is missing');
    case 'recordUnreadable':
      return t('its record cannot be read');
    case 'contentMissing':
      return t('its content is missing');
  }
}
