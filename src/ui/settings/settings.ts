import * as v from 'valibot';
import { logLevels } from '../../shared/logger';
import type { Logger } from '../../shared/logger';
import type { Thresholds } from '../../shared/protocol/panel';
import type { GpuTelemetrySettings } from '../../gpu/gpuTelemetry';
import { gpuProviderNameSchema } from '../../shared/protocol/gpuLines';
import { type VirusTotalMode, virusTotalModes } from '../../services/consent/virusTotalConsent';
import type { VirusTotalSettings as VirusTotalRequestSettings } from '../../services/scan/virustotal/virusTotal.later';
import { serviceBaseUrl, virusTotalBaseUrl } from '../../services/scan/virustotal/baseUrl';
import type { HistoryRetention } from '../../shared/history/query';
import { samplingBoundsMs } from '../../shared/protocol/metricsWorker';
import { ruleSetLevelSchema, type ScanSettings } from '../../shared/scan/settings';
import { bytesPerMB } from '../../shared/units';
import type { UrlSettings } from '../../shared/url/urlSettings';
import type { OnlineUrlSettings } from '../../shared/url/onlineUrlSettings';
import { type NotificationLevel, notificationLevels } from '../notifications';
import { defaultTemplate, parseTemplate } from '../statusBar/template';

/** The section under which all of Sentinel's settings stand. */
export const settingsSection = 'sentinel';

const seconds = (fallback: number) =>
  v.pipe(
    v.optional(v.number(), fallback),
    v.minValue(samplingBoundsMs.min / 1_000),
    v.maxValue(samplingBoundsMs.max / 1_000),
  );
const threshold = (fallback: number) =>
  v.pipe(v.optional(v.number(), fallback), v.minValue(1), v.maxValue(100));

const wholeNumber = (fallback: number, least: number, most: number) =>
  v.pipe(v.optional(v.number(), fallback), v.integer(), v.minValue(least), v.maxValue(most));

const template = v.pipe(
  v.optional(v.string(), defaultTemplate),
  v.maxLength(200),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const parsed = parseTemplate(dataset.value);
    if ('problem' in parsed) addIssue({ message: parsed.problem });
  }),
);

const baseUrl = v.pipe(
  v.optional(v.string(), virusTotalBaseUrl),
  v.maxLength(300),
  v.check(
    (text) => serviceBaseUrl(text) !== undefined,
    'It has to be an address that begins with https://, or one of this machine.',
  ),
);

const ruleFolderSetting = v.object({
  path: v.pipe(v.string(), v.minLength(1)),
  level: v.optional(ruleSetLevelSchema, 'full'),
});

/**
 * Every setting with its type, bounds and default. The manifest repeats them for the settings editor; a test holds
 * the two together. Values come from files that people and workspaces write: what does not fit is refused.
 */
export const settingSchemas = {
  'metrics.intervalSeconds': seconds(3),
  'metrics.backgroundIntervalSeconds': seconds(5),
  'statusBar.enabled': v.optional(v.boolean(), true),
  'statusBar.template': template,
  'thresholds.cpuWarning': threshold(85),
  'thresholds.cpuError': threshold(95),
  'thresholds.memoryWarning': threshold(85),
  'thresholds.memoryError': threshold(95),
  'thresholds.diskWarning': threshold(85),
  'thresholds.diskError': threshold(95),
  'thresholds.gpuWarning': threshold(100),
  'thresholds.gpuError': threshold(100),
  'gpu.enabled': v.optional(v.boolean(), true),
  'gpu.intervalSeconds': seconds(3),
  'gpu.providers': v.optional(v.array(gpuProviderNameSchema), []),
  'notifications.level': v.optional(v.picklist(notificationLevels), 'all'),
  'scan.exclude': v.optional(v.array(v.pipe(v.string(), v.maxLength(1_000))), []),
  'scan.useFilesExclude': v.optional(v.boolean(), false),
  'scan.useIgnoreFile': v.optional(v.boolean(), true),
  'scan.openArchives': v.optional(v.boolean(), true),
  'scan.maxFileMB': v.pipe(v.optional(v.number(), 32), v.minValue(1), v.maxValue(256)),
  'scan.builtInRules': v.optional(v.boolean(), true),
  'scan.ruleFolders': v.optional(v.array(ruleFolderSetting), []),
  'scan.threads': v.pipe(v.optional(v.number(), 0), v.integer(), v.minValue(0), v.maxValue(32)),
  'scan.joinSmallFiles': v.optional(v.boolean(), true),
  'url.blockLists': v.optional(v.array(v.pipe(v.string(), v.minLength(1))), []),
  'url.allowLists': v.optional(v.array(v.pipe(v.string(), v.minLength(1))), []),
  'clamav.enabled': v.optional(v.boolean(), true),
  'clamav.address': v.pipe(v.optional(v.string(), ''), v.maxLength(1_000)),
  'clamav.allowRemote': v.optional(v.boolean(), false),
  'virustotal.mode': v.optional(v.picklist(virusTotalModes), 'off'),
  'virustotal.minimumDetections': wholeNumber(3, 1, 100),
  'virustotal.requestsPerMinute': wholeNumber(4, 1, 1_000),
  'virustotal.baseUrl': baseUrl,
  'events.maxCount': v.pipe(v.optional(v.number(), 300), v.integer(), v.minValue(10), v.maxValue(10_000)),
  'url.followRedirects': v.optional(v.boolean(), false),
  'url.urlhaus': v.optional(v.boolean(), false),
  'url.safeBrowsing': v.optional(v.boolean(), false),
  'url.virustotal': v.optional(v.boolean(), false),
  'network.nmapPath': v.pipe(v.optional(v.string(), ''), v.maxLength(1_000)),
  'log.fileLevel': v.optional(v.picklist(logLevels), 'info'),
  'history.maxRecords': wholeNumber(100_000, 100, 100_000),
  'history.maxAgeDays': wholeNumber(0, 0, 36_500),
} as const;
export type SettingName = keyof typeof settingSchemas;
type SettingValue<K extends SettingName> = v.InferOutput<(typeof settingSchemas)[K]>;

/** What scans of folders leave out. */
export interface ScanExclusionSettings {
  readonly globs: readonly string[];
  readonly useFilesExclude: boolean;
  readonly useIgnoreFile: boolean;
}

/** How VirusTotal is asked, and what its answers are read as. */
export interface VirusTotalSettings extends VirusTotalRequestSettings {
  readonly mode: VirusTotalMode;
}

/** What the rest of Sentinel sees of the settings: checked, in its own units. */
export interface Settings {
  readonly intervalMs: number;
  readonly backgroundIntervalMs: number;
  readonly statusBarEnabled: boolean;
  readonly statusBarTemplate: string;
  readonly thresholds: Readonly<Record<'cpu' | 'memory' | 'disk' | 'gpu', Thresholds>>;
  readonly gpu: GpuTelemetrySettings;
  readonly scan: ScanSettings;
  readonly scanExclusions: ScanExclusionSettings;
  readonly url: UrlSettings;
  readonly virusTotal: VirusTotalSettings;
  /** How many events of the system are read. */
  readonly eventsMaxCount: number;
  readonly onlineUrls: OnlineUrlSettings;
  /** Where nmap is; empty: to be searched for. */
  readonly nmapPath: string;
  readonly notificationLevel: NotificationLevel;
  readonly fileLogLevel: (typeof logLevels)[number];
  readonly historyRetention: HistoryRetention;
}

/** Reads raw values by their names without the section; structurally a `vscode.WorkspaceConfiguration`. */
export interface RawSettings {
  get(name: string): unknown;
}

/** Reads the settings; a value that is refused is logged and replaced by its default. */
export function readSettings(raw: RawSettings, logger: Logger): Settings {
  const read = <K extends SettingName>(name: K): SettingValue<K> => {
    const schema = settingSchemas[name];
    const parsed = v.safeParse(schema, raw.get(name) ?? undefined);
    if (parsed.success) return parsed.output;
    const fallback = v.parse(schema, undefined) as SettingValue<K>;
    logger.warning(
      `The setting ${settingsSection}.${name} is refused, ${JSON.stringify(fallback)} is used: ${parsed.issues[0].message}`,
    );
    return fallback;
  };
  return {
    intervalMs: read('metrics.intervalSeconds') * 1_000,
    backgroundIntervalMs: read('metrics.backgroundIntervalSeconds') * 1_000,
    statusBarEnabled: read('statusBar.enabled'),
    statusBarTemplate: read('statusBar.template'),
    thresholds: {
      cpu: { warning: read('thresholds.cpuWarning'), error: read('thresholds.cpuError') },
      memory: { warning: read('thresholds.memoryWarning'), error: read('thresholds.memoryError') },
      disk: { warning: read('thresholds.diskWarning'), error: read('thresholds.diskError') },
      gpu: { warning: read('thresholds.gpuWarning'), error: read('thresholds.gpuError') },
    },
    gpu: {
      enabled: read('gpu.enabled'),
      intervalMs: read('gpu.intervalSeconds') * 1_000,
      providers: read('gpu.providers'),
    },
    scan: {
      threads: read('scan.threads'),
      joinSmallFiles: read('scan.joinSmallFiles'),
      openArchives: read('scan.openArchives'),
      builtInRules: read('scan.builtInRules'),
      ruleFolders: read('scan.ruleFolders'),
      maxFileBytes: Math.round(read('scan.maxFileMB') * bytesPerMB),
      clamav: {
        enabled: read('clamav.enabled'),
        address: read('clamav.address'),
        allowRemote: read('clamav.allowRemote'),
      },
    },
    scanExclusions: {
      globs: read('scan.exclude'),
      useFilesExclude: read('scan.useFilesExclude'),
      useIgnoreFile: read('scan.useIgnoreFile'),
    },
    url: { lists: { block: read('url.blockLists'), allow: read('url.allowLists') } },
    virusTotal: {
      mode: read('virustotal.mode'),
      leastMalicious: read('virustotal.minimumDetections'),
      requestsPerMinute: read('virustotal.requestsPerMinute'),
      baseUrl: serviceBaseUrl(read('virustotal.baseUrl')) ?? virusTotalBaseUrl,
    },
    eventsMaxCount: read('events.maxCount'),
    onlineUrls: {
      followRedirects: read('url.followRedirects'),
      urlhaus: read('url.urlhaus'),
      safeBrowsing: read('url.safeBrowsing'),
      virustotal: read('url.virustotal'),
    },
    nmapPath: read('network.nmapPath'),
    notificationLevel: read('notifications.level'),
    fileLogLevel: read('log.fileLevel'),
    historyRetention: {
      maxRecords: read('history.maxRecords'),
      maxAgeDays: read('history.maxAgeDays'),
    },
  };
}
