import type { UrlDetails } from '../../../shared/url/urlDetails';
import type { EngineAnswer, EngineControl } from '../fileEngine';

/** A link that is being scanned, as far as local evidence knows it. */
export interface UrlTarget {
  /** As the WHATWG rules write it: what a browser would open. */
  readonly url: string;
  /** An IPv6 address stands in brackets, an internationalised name in Punycode. */
  readonly host: string;
  /** What its owner registered, by the public suffix list; absent where the host is an address or a single label. */
  readonly registrableDomain?: string;
  /** Somebody wants this very link to be looked at although it leads into their own network. */
  readonly localOnPurpose?: boolean;
}

/** What an engine came to, with what it adds to the record's details. */
export interface UrlEngineAnswer extends EngineAnswer {
  readonly details?: Pick<UrlDetails, 'hops' | 'certificate'>;
}

/**
 * An engine beside the local analysis, asked about single links. It never rejects: that it failed, was not asked or did
 * not answer in time is an answer, with its reason.
 */
export interface UrlEngine {
  /** Of its reports and findings. */
  readonly id: string;
  /** As people know it; reports show it while it is still at it. */
  readonly name?: string;
  ask(target: UrlTarget, control: EngineControl): Promise<UrlEngineAnswer>;
}
