import * as v from 'valibot';

/** Absolute paths of a person's lists, in the order in which they are asked. */
export const listFilesSchema = v.object({ block: v.array(v.string()), allow: v.array(v.string()) });
export type ListFiles = v.InferOutput<typeof listFilesSchema>;

/** What holds for every scan of links. */
export interface UrlSettings {
  readonly lists: ListFiles;
}
