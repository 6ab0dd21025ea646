import * as v from 'valibot';
import { messageParser } from '../../src/shared/protocol/page';
import {
  copiedThings,
  type HostToReport,
  missingReasons,
  reportActionNames,
} from '../../src/shared/protocol/report';
import { scanRecordSchema } from '../../src/shared/scan/record';

const hostToReportSchema = v.variant('type', [
  v.object({
    type: v.literal('hydrate'),
    revision: v.number(),
    record: scanRecordSchema,
    actions: v.array(v.picklist(reportActionNames)),
  }),
  v.object({ type: v.literal('missing'), reason: v.picklist(missingReasons) }),
  v.object({ type: v.literal('copied'), what: v.picklist(copiedThings) }),
]) satisfies v.GenericSchema<unknown, HostToReport>;

export const parseHostMessage = messageParser(hostToReportSchema);
