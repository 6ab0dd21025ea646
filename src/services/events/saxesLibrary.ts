import type * as Saxes from 'saxes';

/** Loaded with the first event in XML: most machines never have one. */
export function saxesLibrary(): typeof Saxes {
  // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('saxes') as typeof Saxes;
}
