import { version as suffixesVersion } from 'tldts/package.json';
import type { UrlAnalyses, UrlWorkerRequests } from '../../../shared/protocol/urlWorker';
import { analyserVersion, analyseUrl } from './analysis/analyseUrl';
import type { UrlLists } from './lists/urlLists';
import { unicodeTables } from './unicode/unicodeTables';

const { scriptsVersion, confusablesVersion } = unicodeTables;
const analyser = {
  version: analyserVersion,
  data: `Unicode ${scriptsVersion}, confusable characters of ${confusablesVersion}, public suffixes of tldts ${suffixesVersion}`,
};

/** The thread's side of link analysis: the analyser with what it knows, which is too much for the extension's bundle. */
export class UrlThread {
  constructor(private readonly lists: UrlLists) {}

  async analyse({ texts, lists: files }: UrlWorkerRequests['analyse']['request']): Promise<UrlAnalyses> {
    const { lists } = this;
    lists.configure(files);
    await lists.refresh();
    const match = (url: URL, host: string) => lists.match(url, host);
    return {
      analyses: texts.map((text) => analyseUrl(text, { lists: match })),
      analyser,
      lists: [...lists.states],
      version: `${analyser.version}\n${analyser.data}\n${lists.version}`,
    };
  }
}
