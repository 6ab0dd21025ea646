import type { Clock } from '../../shared/clock';
import type { Logger } from '../../shared/logger';
import type { HistoryExportPush, HistoryExportRequests } from '../../shared/protocol/historyExportWorker';
import type { HistoryWorkerData } from '../../shared/protocol/historyWorker';
import { WorkControl } from '../../workers/controlBlock';
import type { RequestHandlers } from '../../workers/threadServer';
import { exportRecords } from './export/exportRecords';
import { openStore } from './openStore';

/** How many records are in memory at once. */
const batchSize = 500;

export interface ExportThreadOptions {
  readonly data: HistoryWorkerData;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly push: (push: HistoryExportPush) => void;
}

/**
 * What answers an export. It has a thread and a copy of the history to itself, so that an export that is paused, or
 * ended by force, holds up nothing that is asked of the history or added to it.
 */
export function exportHandlers(options: ExportThreadOptions): RequestHandlers<HistoryExportRequests> {
  return {
    export: async ({ control, filter, request, waiting }) => {
      const work = new WorkControl(control);
      work.checkpoint();
      const { clock, logger, push } = options;
      const store = await openStore(options.data, {
        clock,
        logger,
        onSetAside: (aside) => {
          push({ type: 'setAside', aside });
        },
      });
      try {
        const { database } = store;
        // For this copy alone: the files learn of it from the thread whose it is.
        for (const operation of waiting) database.apply(database.appliedSequence + 1, operation);
        const { queries } = database;
        work.checkpoint();
        return exportRecords(queries.records(filter, batchSize), queries.count(filter), request, work, clock);
      } finally {
        await store.close();
      }
    },
  };
}
