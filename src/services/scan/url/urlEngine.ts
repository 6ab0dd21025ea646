import type { EngineAnswer, EngineControl } from '../fileEngine';

/** A link that is being scanned, as far as local evidence knows it. */
export interface UrlTarget {
  /** As the WHATWG rules write it: what a browser would open. */
  readonly url: string;
  /** An IPv6 address stands in brackets, an internationalised name in Punycode. */
  readonly host: string;
  /** What its owner registered, by the public suffix list; absent where the host is an address or a single label. */
  readonly registrableDomain?: string;
}

/**
 * An engine beside the local analysis, asked about single links. It never rejects: that it failed, was not asked or did
 * not answer in time is an answer, with its reason.
 */
export interface UrlEngine {
  /** Of its reports and findings. */
  readonly id: string;
  ask(target: UrlTarget, control: EngineControl): Promise<EngineAnswer>;
}
