import type { ExportControl } from '../../../../../src/services/history/export/exportRecords';

/** A control that nobody cancels. */
export const freeControl: ExportControl = { checkpoint: () => undefined, reportProgress: () => undefined };
