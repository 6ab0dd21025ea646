import * as v from 'valibot';
import { urlAnalysisSchema } from '../url/urlAnalysis';
import { listFilesSchema } from '../url/urlSettings';
import { parseNothing, parserOf, type WorkerProtocol } from './worker';

/** Of one request: more are asked in several, between which a task may stop. */
export const mostTexts = 500;

const analyseRequestSchema = v.object({
  /** As somebody wrote them. */
  texts: v.pipe(v.array(v.string()), v.maxLength(mostTexts)),
  lists: listFilesSchema,
});

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const listStateSchema = v.object({
  file: v.string(),
  entries: count,
  /** Lines that could not be understood. */
  refused: count,
  /** Why it could not be read. */
  problem: v.optional(v.string()),
});
/** How a list is. */
export type ListState = v.InferOutput<typeof listStateSchema>;

const analysesSchema = v.object({
  /** One for each text, in order. */
  analyses: v.array(urlAnalysisSchema),
  analyser: v.object({
    version: v.string(),
    /** Of the data that it knows names by, in words. */
    data: v.string(),
  }),
  lists: v.array(listStateSchema),
  /** Changes with the analyser and with what the lists say. */
  version: v.string(),
});
export type UrlAnalyses = v.InferOutput<typeof analysesSchema>;

// A type and not an interface, which would not be assignable to a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type UrlWorkerRequests = {
  analyse: { request: v.InferOutput<typeof analyseRequestSchema>; reply: UrlAnalyses };
};

export const urlWorkerProtocol: WorkerProtocol<UrlWorkerRequests, never, never> = {
  requests: {
    analyse: { request: parserOf(analyseRequestSchema), reply: parserOf(analysesSchema) },
  },
  notification: parseNothing,
  push: parseNothing,
};
