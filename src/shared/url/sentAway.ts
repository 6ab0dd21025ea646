/** What leaves this machine when an online engine is asked about a link. */
export type SentAway =
  /** The link as a whole, with everything that stands in it. */
  | 'url'
  /** Four bytes of a hash for each part of the link, which many links share. */
  | 'hashPrefixes'
  /** A request to the link's own host and to those that it leads to. */
  | 'requestToHost';

/** In a sentence, as it is told before. @param engine its name, such as `URLhaus` */
export function sentAwayText(sends: SentAway, engine: string): string {
  switch (sends) {
    case 'url':
      return `The whole link is sent to ${engine}, with any token that stands in it.`;
    case 'hashPrefixes':
      return `${engine} gets the first four bytes of hashes of the link, of its host and of its folders, from which it cannot tell the link.`;
    case 'requestToHost':
      return "The link's own host, and those that it leads to, get a request from this machine and see its address.";
  }
}
