/** An entry that names a link. */
export interface ListHit {
  /** As the list has it, but normalised. */
  readonly entry: string;
  /** The list's file, or a word for what Sentinel brings along. */
  readonly file: string;
}

/** What lists say of a link. Where both speak, the allow list wins: it is the narrower word of the two. */
export interface ListMatch {
  readonly allow?: ListHit;
  readonly block?: ListHit;
}
