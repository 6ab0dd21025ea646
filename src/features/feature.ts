import type * as vscode from 'vscode';
import type { ProcessRunner } from '../services/process/processRunner';
import type { StartupOrchestrator } from '../services/startup/orchestrator';
import type { TaskSupervisor } from '../services/tasks/taskSupervisor';
import type { Clock } from '../shared/clock';
import type { CommandHandlers } from '../ui/commands';
import type { ExtensionLog } from '../ui/logging/extensionLog';
import type { Notifications } from '../ui/notifications';
import type { SettingsStore } from '../ui/settings/settingsStore';

/** What the features share; one of each in a window. */
export interface FeatureHost {
  readonly context: vscode.ExtensionContext;
  readonly clock: Clock;
  readonly log: ExtensionLog;
  readonly settings: SettingsStore;
  readonly notifications: Notifications;
  readonly processes: ProcessRunner;
  readonly tasks: TaskSupervisor;
  /** Takes the feature's startup tasks, until it is executed. */
  readonly startup: StartupOrchestrator;
  /** Where the bundles of threads and processes are. */
  readonly distFolder: string;
}

/**
 * A part of Sentinel that a person would name: it builds its services and its surface, and adds its startup tasks.
 * Constructing one starts nothing.
 */
export interface Feature {
  /** By their ids in the manifest. */
  readonly commands: CommandHandlers;
  /** Ends all that the feature has started, and waits for it. Never rejects. */
  stop(): Promise<void>;
}
