import * as v from 'valibot';

/**
 * How far the rules of a set may go in a verdict. `full`: as far as each rule's own metadata says, and a rule that
 * says nothing is suspicious; `suspicious`: never further than that; `informational`: shown, deciding nothing.
 */
export const ruleSetLevels = ['full', 'suspicious', 'informational'] as const;
export const ruleSetLevelSchema = v.picklist(ruleSetLevels);
export type RuleSetLevel = v.InferOutput<typeof ruleSetLevelSchema>;

/** A folder of a person's own rules; every `.yar` and `.yara` file below it is compiled beside the built-in ones. */
export const ruleFolderSchema = v.object({ path: v.string(), level: ruleSetLevelSchema });
export type RuleFolder = v.InferOutput<typeof ruleFolderSchema>;

/** How ClamAV is asked. */
export const clamavSettingsSchema = v.object({
  enabled: v.boolean(),
  /** As a person wrote it; empty: it is looked for in the usual places. */
  address: v.string(),
  /** Contents of files may be sent to an address beyond this machine, if `address` names it. */
  allowRemote: v.boolean(),
});
export type ClamavSettings = v.InferOutput<typeof clamavSettingsSchema>;

/** What holds for every scan of files. */
export const scanSettingsSchema = v.object({
  /** Threads that scan at the same time; 0 chooses by the machine's cores and memory. */
  threads: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32)),
  /** Joins small files, and asks rules for each only where one of their strings occurs at all. */
  joinSmallFiles: v.boolean(),
  openArchives: v.boolean(),
  builtInRules: v.boolean(),
  ruleFolders: v.array(ruleFolderSchema),
  /** Rules see this much of a file from its beginning; of a larger one the verdict is `unknown` at best. */
  maxFileBytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  clamav: clamavSettingsSchema,
});
export type ScanSettings = v.InferOutput<typeof scanSettingsSchema>;

export const defaultScanSettings: ScanSettings = {
  threads: 0,
  joinSmallFiles: true,
  openArchives: true,
  builtInRules: true,
  ruleFolders: [],
  maxFileBytes: 32 * 1024 * 1024,
  clamav: { enabled: true, address: '', allowRemote: false },
};

/**
 * What the scan of a folder leaves out. The folder that was chosen is never left out itself.
 */
export const folderExclusionsSchema = v.object({
  /** Globs and the ignore file speak of paths below this folder: the workspace's, or the one that is scanned. */
  base: v.string(),
  /** As in `files.exclude`, such as `.git` at any depth. */
  globs: v.array(v.string()),
  /**
   * A file in the form of `.gitignore`, that of the workspace's own folder alone: one further down may have come with
   * what is to be judged, and would hide it.
   */
  ignoreFile: v.optional(v.string()),
});
export type FolderExclusions = v.InferOutput<typeof folderExclusionsSchema>;
