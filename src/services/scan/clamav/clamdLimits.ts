export interface ClamdLimits {
  /** For telling who it is. */
  readonly helloMs: number;
  /** For judging a file, and what its size adds. */
  readonly fileMs: number;
  readonly bytesPerMs: number;
  /** How long one that went away in the middle may take to come back: it loads its database anew. */
  readonly returnMs: number;
  /** How often it is looked for in the meantime. */
  readonly lookMs: number;
}

export const usualClamdLimits: ClamdLimits = {
  helloMs: 10_000,
  fileMs: 60_000,
  bytesPerMs: 1_000,
  returnMs: 30_000,
  lookMs: 500,
};
