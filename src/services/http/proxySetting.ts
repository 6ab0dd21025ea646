/** What a person has set for the requests of VS Code, as far as it matters here. */
export interface ProxySettings {
  /** `http.proxy` */
  readonly proxy: string;
  /** `http.proxySupport` */
  readonly support: string;
}

const variables = ['http_proxy', 'https_proxy', 'all_proxy'];

/**
 * Whether requests are to go through a proxy, by VS Code's settings or the environment. What only the system knows of
 * proxies is not seen.
 */
export function isProxySet(
  { proxy, support }: ProxySettings,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (support === 'off') return false;
  if (proxy.trim() !== '') return true;
  return Object.entries(environment).some(
    ([name, value = '']) => variables.includes(name.toLowerCase()) && value.trim() !== '',
  );
}
