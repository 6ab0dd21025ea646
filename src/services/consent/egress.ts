/** What a request would send away from this machine; the person's key goes along with each. */
export type Egress = { readonly service: string } & (
  | { readonly content: 'hash'; readonly path: string; readonly sha256: string }
  | { readonly content: 'file'; readonly path: string; readonly sizeBytes: number }
  | { readonly content: 'url'; readonly url: string }
  /** The key alone, to find out whether it holds. */
  | { readonly content: 'key' }
);

export type EgressOf<Content extends Egress['content']> = Extract<Egress, { readonly content: Content }>;
