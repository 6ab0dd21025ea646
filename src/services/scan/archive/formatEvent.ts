import type { Trouble, Unpacked } from './unpack';

/** What comes out of one archive, without what is inside of its members. */
export type FormatEvent =
  | {
      readonly type: 'member';
      readonly name: string;
      readonly bytes: Uint8Array;
      /** It may be opened where it is an archive: nothing of it was left out. */
      readonly isWhole: boolean;
      /** Its bytes are part of what is held anyway. */
      readonly isShared: boolean;
    }
  /** About a member, or about the archive itself where there is no name. */
  | ({ readonly type: 'problem'; readonly name?: string } & Trouble);

/** A member, and what is wrong with it. */
export function* eventsOf(
  name: string,
  { bytes, isShared = false, trouble }: Unpacked,
): Generator<FormatEvent> {
  // Programs that do not look at checksums unpack what is damaged in this way only.
  const isWhole = trouble === undefined || trouble.problem === 'damaged';
  if (bytes.length > 0 || trouble === undefined) yield { type: 'member', name, bytes, isWhole, isShared };
  if (trouble !== undefined) yield { type: 'problem', name, ...trouble };
}
