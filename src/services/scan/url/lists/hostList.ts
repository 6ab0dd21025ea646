import { CompactSet } from './compactSet';
import { linkKey, listLine } from './listLine';

/** More are not taken, so that a wrong file cannot fill the memory. */
const mostEntries = 5_000_000;
/** In UTF-16 units; what is longer is not understood. */
export const longestLine = 8_192;
const mostFolders = 64;

const prefixes = { host: 'h', domain: 'd', link: 'l' } as const;

/** The entries of one list. */
export class HostList {
  private readonly entries = new CompactSet();
  private hasLinks = false;
  /** Lines that could not be understood, or for which there was no room. */
  refused = 0;
  /** The number of the first of them, from 1. */
  firstRefused: number | undefined;
  private lines = 0;

  get size(): number {
    return this.entries.size;
  }

  get byteLength(): number {
    return this.entries.byteLength;
  }

  addLine(line: string): void {
    this.lines += 1;
    const found = line.length > longestLine ? 'notUnderstood' : listLine(line);
    if (found === 'nothing') return;
    if (found === 'notUnderstood' || this.entries.size >= mostEntries) {
      this.refused += 1;
      this.firstRefused ??= this.lines;
      return;
    }
    for (const { kind, value } of found) {
      this.entries.add(prefixes[kind] + value);
      if (kind === 'link') this.hasLinks = true;
    }
  }

  trim(): void {
    this.entries.trim();
  }

  /**
   * The entry that names a link; undefined where none does.
   * @param host as a browser writes it, without a dot at its end
   * @param trusting for lists that speak in favour: a path that other programs read otherwise than browsers do is then
   * taken for none that is listed
   */
  find(url: URL, host: string, trusting: boolean): string | undefined {
    const { entries } = this;
    if (entries.size === 0) return undefined;
    if (entries.has(`h${host}`) || entries.has(`d${host}`)) return host;
    if (!host.startsWith('[') && !/^[\d.]+$/.test(host)) {
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
        const domain = host.slice(dot + 1);
        if (entries.has(`d${domain}`)) return domain;
      }
    }
    return this.hasLinks ? this.findLink(url, trusting) : undefined;
  }

  private findLink(url: URL, trusting: boolean): string | undefined {
    // Servers may take `..%2f` for a step up, which a browser does not.
    if (trusting && /%2[f5e]|%5c|\\|;|%00/i.test(url.pathname)) return undefined;
    const key = linkKey(url);
    if (this.entries.has(`l${key}`)) return key;
    const [path = ''] = key.split('?', 1);
    // From the host on: whoever has a link that is listed may put as many folders behind it as they like.
    let slash = path.indexOf('/');
    for (let folder = 0; folder < mostFolders && slash >= 0; folder++) {
      for (const prefix of [path.slice(0, slash), path.slice(0, slash + 1)]) {
        if (this.entries.has(`l${prefix}`)) return prefix;
      }
      slash = path.indexOf('/', slash + 1);
    }
    return this.entries.has(`l${path}`) ? path : undefined;
  }
}
