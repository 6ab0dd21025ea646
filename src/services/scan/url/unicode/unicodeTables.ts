import tables from './unicodeTables.json';

/**
 * What Unicode says about the characters that names of hosts can hold, made by `npm run unicode` from packages that
 * carry Unicode's own data.
 */
export interface UnicodeTables {
  /** Of Script_Extensions, such as `17.0.0`. */
  readonly scriptsVersion: string;
  /** Of the confusable characters of UTS #39. */
  readonly confusablesVersion: string;
  readonly scripts: readonly string[];
  /** Which scripts, by their places in `scripts`, a character may belong to. */
  readonly scriptSets: readonly (readonly number[])[];
  /** `gap length set`, in base 36, for each run of code points of one set; the gap is that to the run before. */
  readonly scriptRanges: string;
  /** A character and what it looks like, without anything between; a blank between two such. */
  readonly confusables: string;
}

export const unicodeTables: UnicodeTables = tables;
