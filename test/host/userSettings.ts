/** Settings as VS Code's settings.json holds them. */
export type UserSettings = Readonly<Record<string, unknown>>;

/** A screen without what VS Code adds on its own, and an editor that asks nobody outside this machine. */
export const quietSettings: UserSettings = {
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  // It lists the machine's processes and open files every few seconds, which drowns what Sentinel costs.
  'remote.autoForwardPorts': false,
  'remote.autoForwardPortsSource': 'output',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
  'window.commandCenter': false,
};
