import type { Clock } from '../../../../shared/clock';
import { errorMessage } from '../../../../shared/errors';
import type { Logger } from '../../../../shared/logger';
import type { ListState } from '../../../../shared/protocol/urlWorker';
import type { ListFiles } from '../../../../shared/url/urlSettings';
import { refusalOf, statsOf } from '../../../files/regularFile';
import type { HostList } from './hostList';
import { type ListProblem, readListFile, stampOf } from './listFile';
import type { ListHit, ListMatch } from './listMatch';

interface LoadedList {
  readonly file: string;
  /** Of the file as it was read; empty where it could not be. */
  readonly stamp: string;
  readonly list?: HostList;
  readonly problem?: ListProblem;
}

export interface UrlListsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Files are looked at again at most this often. */
const lookEveryMs = 1_000;

/**
 * The lists of a person, of what is to be blocked and of what is known to be harmless. They are read when they are
 * first needed, and again when their files have changed.
 */
export class UrlLists {
  private files: ListFiles = { block: [], allow: [] };
  private lists: readonly LoadedList[] = [];
  private lookedAtMs = -Infinity;
  private looking: Promise<void> | undefined;

  constructor(private readonly options: UrlListsOptions) {}

  configure(files: ListFiles): void {
    if (JSON.stringify(files) === JSON.stringify(this.files)) return;
    this.files = files;
    this.lookedAtMs = -Infinity;
  }

  /** Reads what has changed, if it is time to look. Callers at the same time share one look. Never rejects. */
  async refresh(): Promise<void> {
    const nowMs = this.options.clock.monotonicMs();
    if (this.looking === undefined && nowMs - this.lookedAtMs >= lookEveryMs) {
      this.lookedAtMs = nowMs;
      this.looking = this.look().finally(() => {
        this.looking = undefined;
      });
    }
    await this.looking;
  }

  match(url: URL, host: string): ListMatch {
    const allow = this.find(this.files.allow, url, host, true);
    const block = this.find(this.files.block, url, host, false);
    return { ...(allow === undefined ? {} : { allow }), ...(block === undefined ? {} : { block }) };
  }

  get states(): readonly ListState[] {
    return this.lists.map(({ file, list, problem }) => ({
      file,
      entries: list?.size ?? 0,
      refused: list?.refused ?? 0,
      ...(problem === undefined ? {} : { problem }),
    }));
  }

  /** Changes with what the lists say. */
  get version(): string {
    return this.lists.map(({ file, stamp, problem = '' }) => `${file}\n${stamp}\n${problem}`).join('\n');
  }

  get byteLength(): number {
    return this.lists.reduce((sum, { list }) => sum + (list?.byteLength ?? 0), 0);
  }

  private find(files: readonly string[], url: URL, host: string, trusting: boolean): ListHit | undefined {
    for (const file of files) {
      const entry = this.lists.find((loaded) => loaded.file === file)?.list?.find(url, host, trusting);
      if (entry !== undefined) return { entry, file };
    }
    return undefined;
  }

  private async look(): Promise<void> {
    const wanted = new Set([...this.files.block, ...this.files.allow]);
    const lists: LoadedList[] = [];
    for (const file of wanted) {
      const known = this.lists.find((loaded) => loaded.file === file);
      const stamp = stampNow(file);
      if (known?.list !== undefined && known.stamp === stamp) lists.push(known);
      else lists.push(await this.load(file));
    }
    this.lists = lists;
  }

  private async load(file: string): Promise<LoadedList> {
    const { logger, clock } = this.options;
    const startedMs = clock.monotonicMs();
    try {
      const result = await readListFile(file);
      if (result.status === 'refused') {
        logger.warning(`The list ${file} cannot be read: ${result.problem}.`);
        return { file, stamp: '', problem: result.problem };
      }
      const { list, stamp } = result;
      const refused =
        list.refused === 0
          ? ''
          : ` ${list.refused} lines were not understood, the first of them line ${list.firstRefused ?? 0}.`;
      const tookMs = Math.round(clock.monotonicMs() - startedMs);
      logger.info(`Read ${list.size} entries of the list ${file} in ${tookMs} ms.${refused}`);
      return { file, stamp, list };
    } catch (error) {
      logger.warning(`The list ${file} cannot be read: ${errorMessage(error)}`);
      return { file, stamp: '', problem: 'unreadable' };
    }
  }
}

function stampNow(file: string): string | undefined {
  try {
    return stampOf(statsOf(file, true));
  } catch (error) {
    refusalOf(error);
    return undefined;
  }
}
