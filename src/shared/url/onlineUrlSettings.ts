/** Which online sources may be asked about links. Each is off until somebody switches it on. */
export interface OnlineUrlSettings {
  readonly followRedirects: boolean;
  readonly urlhaus: boolean;
  readonly safeBrowsing: boolean;
  readonly virustotal: boolean;
}
