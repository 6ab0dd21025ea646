import { ProcessRunner } from '../../../../src/services/process/processRunner';
import { EventsService } from '../../../../src/services/events/eventsService';
import type { EventsProvider } from '../../../../src/services/events/eventsProvider';
import { TaskSupervisor } from '../../../../src/services/tasks/taskSupervisor';
import { type Clock, systemClock } from '../../../../src/shared/clock';
import type { SystemEvent } from '../../../../src/shared/events/systemEvent';
import { RecordingLogger } from '../../support/recordingLogger';

export function sampleEvent(more: Partial<SystemEvent> = {}): SystemEvent {
  return {
    timestamp: 1_705_314_645_000,
    level: 'info',
    source: 'program',
    message: 'text',
    details: [],
    ...more,
  };
}

/** A service with real tasks and real programs. */
export function realService(
  provider: EventsProvider | undefined,
  guardianFile: string,
  maxCount: number,
  clock: Clock = systemClock,
): { service: EventsService; processes: ProcessRunner; stop: () => Promise<void> } {
  const logger = new RecordingLogger();
  const processes = new ProcessRunner({ clock, logger, guardianFile });
  const supervisor = new TaskSupervisor({ clock, logger });
  const service = new EventsService({
    provider,
    platform: 'linux',
    supervisor,
    processes,
    clock,
    logger,
    maxCount: () => maxCount,
  });
  return {
    service,
    processes,
    stop: async () => {
      await supervisor.stop();
      await processes.stop();
    },
  };
}
