import { formatInteger } from '../../shared/presentation/format';
import type { Translate } from '../translate';

/** A codicon in a colour of the theme. */
export interface ItemIcon {
  readonly id: string;
  readonly color?: string;
}

/** A row of a tree, in words; `ModelTree` makes it one of VS Code's. */
export interface TreeRow {
  /** Stays the same as long as the row means the same, so that its expansion and its selection stay. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: ItemIcon;
  readonly expandable: boolean;
  /** Words by which the manifest's menus know what can be done with it. */
  readonly context: string;
  readonly accessibleLabel: string;
}

/** Stands for rows that are not shown yet. */
export function moreRow(id: string, remaining: number, t: Translate): TreeRow {
  const label = t('Load More…');
  const description = t('{0} left', formatInteger(remaining));
  return {
    id,
    label,
    description,
    icon: { id: 'ellipsis' },
    expandable: false,
    context: 'more',
    accessibleLabel: `${label} ${description}`,
  };
}
