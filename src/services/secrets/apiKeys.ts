import type { Event } from '../../shared/event';

/** Services whose keys a person may have. */
export const keyedServices = ['virustotal', 'urlhaus', 'safeBrowsing'] as const;
export type KeyedService = (typeof keyedServices)[number];

/** Keys of services, as the editor keeps them for the person. No key is ever written into a log. */
export interface ApiKeys {
  /** @returns the key, or undefined where there is none */
  get(service: KeyedService): Promise<string | undefined>;
  /** A key was set, replaced or removed, in any window. */
  readonly onChanged: Event<KeyedService>;
}
