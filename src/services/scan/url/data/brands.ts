import accountBrands from './brands.json';
import developerHosts from './developerHosts.json';

/** Whose name people trust, and the names that are really theirs. */
export interface Brand {
  readonly name: string;
  /** What their names are known by, in lower case. */
  readonly labels: readonly string[];
  /** Registrable domains that belong to them. */
  readonly domains: readonly string[];
  /** They have their name under the suffixes of most countries. */
  readonly anySuffix?: boolean;
  /** Labels that are words as well, so that names which resemble them are mostly other words. */
  readonly words?: readonly string[];
  /** `account`: whose customers are lured; `developer`: whose packages and code are copied. */
  readonly kind: 'account' | 'developer';
}

export const brands: readonly Brand[] = [
  ...accountBrands.map((brand) => ({ ...brand, kind: 'account' as const })),
  ...developerHosts.map((brand) => ({ ...brand, kind: 'developer' as const })),
];

export const brandByDomain: ReadonlyMap<string, Brand> = new Map(
  brands.flatMap((brand) => brand.domains.map((domain) => [domain, brand] as const)),
);

export const brandByLabel: ReadonlyMap<string, Brand> = new Map(
  brands.flatMap((brand) => brand.labels.map((label) => [label, brand] as const)),
);

/** Whether the label is a word as well. */
export function isWord(label: string, { words = [] }: Brand): boolean {
  return words.includes(label);
}
