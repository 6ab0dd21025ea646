import * as v from 'valibot';
import { historyExportRequestSchema, historyExportResultSchema } from '../history/export';
import { historyOperationSchema } from '../history/operation';
import { historyFilterSchema } from '../history/query';
import { historySetAsideSchema } from './historyWorker';
import { parseNothing, parserOf, type WorkerProtocol } from './worker';

const exportRequestSchema = v.object({
  control: v.instance(SharedArrayBuffer),
  filter: historyFilterSchema,
  request: historyExportRequestSchema,
  /** What is not in the files yet, because they cannot be written. */
  waiting: v.array(historyOperationSchema),
});

const pushSchema = v.object({ type: v.literal('setAside'), aside: historySetAsideSchema });
export type HistoryExportPush = v.InferOutput<typeof pushSchema>;

// A type and not an interface, which would not be assignable to a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type HistoryExportRequests = {
  /** Writes the records that match into a file, under a control block. */
  export: {
    request: v.InferOutput<typeof exportRequestSchema>;
    reply: v.InferOutput<typeof historyExportResultSchema>;
  };
};

export const historyExportWorkerProtocol: WorkerProtocol<HistoryExportRequests, never, HistoryExportPush> = {
  requests: {
    export: { request: parserOf(exportRequestSchema), reply: parserOf(historyExportResultSchema) },
  },
  notification: parseNothing,
  push: parserOf(pushSchema),
};
