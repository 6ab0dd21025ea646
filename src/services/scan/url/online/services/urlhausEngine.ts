import * as v from 'valibot';
import type { Finding } from '../../../../../shared/scan/record';
import { webAddress } from '../../../../../shared/presentation/webAddress';
import type { HttpClient } from '../../../../http/httpClient';
import { urlhaus } from '../onlineEngines';
import {
  KeyedServiceEngine,
  type KeyedServiceOptions,
  type Question,
  type ServiceOpinion,
} from './keyedServiceEngine';
import { checkStatus, jsonAnswer } from './serviceAnswer';
import { ServiceError } from './serviceError';

export interface UrlhausOptions extends KeyedServiceOptions {
  readonly http: HttpClient;
  /** Without a slash at its end. */
  readonly baseUrl?: string;
}

const defaultBaseUrl = 'https://urlhaus-api.abuse.ch';
const limits = { timeoutMs: 15_000, maxResponseBytes: 1_048_576 };

const text = v.nullish(v.string());
const answerSchema = v.object({
  query_status: v.string(),
  urlhaus_reference: text,
  url_status: text,
  date_added: text,
  threat: text,
  tags: v.nullish(v.array(v.string())),
});
type Answer = v.InferOutput<typeof answerSchema>;

/** abuse.ch's list of links that malware is spread from. It knows links, not hosts: each one that is listed was seen. */
export class UrlhausEngine extends KeyedServiceEngine {
  readonly sends = 'url';

  constructor(private readonly options: UrlhausOptions) {
    super(urlhaus, options);
  }

  protected override async opinion({ url, key, control }: Question): Promise<ServiceOpinion> {
    const { http, clock, baseUrl = defaultBaseUrl } = this.options;
    const response = await http.send({
      method: 'POST',
      url: `${baseUrl}/v1/url/`,
      headers: { 'Auth-Key': key, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: { type: 'bytes', bytes: new URLSearchParams({ url }).toString() },
      ...limits,
      signal: control.signal,
    });
    checkStatus(response, clock.now());
    return opinionOf(jsonAnswer(response.body, answerSchema));
  }
}

function opinionOf(answer: Answer): ServiceOpinion {
  switch (answer.query_status) {
    case 'ok':
      return { findings: [findingOf(answer)] };
    case 'no_results':
      return { findings: [], isUnknown: true };
    case 'invalid_url':
      throw new ServiceError('notApplicable', 'it does not take links of this form');
    case 'unknown_auth_key':
    case 'unauthorized':
      throw new ServiceError('badKey', answer.query_status);
    default:
      throw new ServiceError('failed', `It answered ${JSON.stringify(answer.query_status.slice(0, 100))}.`);
  }
}

function findingOf({
  url_status: status,
  threat,
  date_added: added,
  urlhaus_reference: page,
  tags,
}: Answer): Finding {
  const isOffline = status === 'offline';
  const reference = webAddress(page ?? undefined);
  const kind = threat === 'malware_download' || threat == null ? 'malware' : threat.slice(0, 100);
  return {
    engine: urlhaus.id,
    rule: threat?.slice(0, 100) ?? 'listed',
    title: isOffline ? `It was listed as a source of ${kind}` : `It is listed as a source of ${kind}`,
    description: [
      ...(isOffline ? ['Nothing was found there any more when it was last looked at.'] : []),
      ...(added == null ? [] : [`Listed since ${added.slice(0, 100)}.`]),
    ].join(' '),
    severity: isOffline ? 'high' : 'critical',
    weight: isOffline ? 'suspicious' : 'malicious',
    ...(reference === undefined ? {} : { reference }),
    ...(tags == null ? {} : { tags: tags.slice(0, 20).map((tag) => tag.slice(0, 50)) }),
  };
}
