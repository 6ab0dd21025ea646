import type { ContentType } from '../../../shared/scan/record';

/**
 * What a content is good for, however it is called:
 * - `program`: a machine runs it, or a shortcut that starts something; `library` is a part of one, such as an object
 *   file or a class, that nobody starts by opening it.
 * - `script`: text that an interpreter runs.
 */
export type ContentKind =
  | 'empty'
  | 'program'
  | 'library'
  | 'script'
  | 'text'
  | 'archive'
  | 'document'
  | 'image'
  | 'audio'
  | 'video'
  | 'font'
  | 'data';

export interface DetectedContent {
  readonly kind: ContentKind;
  readonly type: ContentType;
}

/** @param name in plain words */
export function content(kind: ContentKind, name: string, mime?: string, extension?: string): DetectedContent {
  return {
    kind,
    type: {
      name,
      ...(mime === undefined ? {} : { mime }),
      ...(extension === undefined ? {} : { extension }),
    },
  };
}
