import type * as Execa from 'execa';

/**
 * execa is nearly as large as all of Sentinel's own part of the extension host, and most windows never start a
 * program: it is loaded with the first one. Synchronous, since starting a program is.
 */
export function execaLibrary(): typeof Execa {
  // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('execa') as typeof Execa;
}
