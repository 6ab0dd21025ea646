import type { SentAway } from '../../../../shared/url/sentAway';
import type { UrlEngine } from '../urlEngine';

/** An engine that sends something away when it is asked, and nothing at any other time. */
export interface OnlineUrlEngine extends UrlEngine {
  readonly name: string;
  /** What is sent, to be told before. */
  readonly sends: SentAway;
  /** The settings allow to ask it. Its key may be missing all the same. */
  readonly isEnabled: boolean;
}
