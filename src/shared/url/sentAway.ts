/** What leaves this machine when an online engine is asked about a link. */
export type SentAway =
  /** The link as a whole, with everything that stands in it. */
  | 'url'
  /** Four bytes of a hash for each part of the link, which many links share. */
  | 'hashPrefixes'
  /** A request to the link's own host and to those that it leads to. */
  | 'requestToHost';
