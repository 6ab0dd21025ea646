/** Sizes in fields that end in `MB` are in units of this many bytes. */
export const bytesPerMB = 1_024 * 1_024;
