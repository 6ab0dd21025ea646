import type { Trouble } from './unpack';

/** What comes out of one archive, without what is inside of its members. */
export type FormatEvent =
  | {
      readonly type: 'member';
      readonly name: string;
      readonly bytes: Uint8Array;
      /** Nothing of it is missing. */
      readonly whole: boolean;
    }
  /** About a member, or about the archive itself where there is no name. */
  | ({ readonly type: 'problem'; readonly name?: string } & Trouble);
