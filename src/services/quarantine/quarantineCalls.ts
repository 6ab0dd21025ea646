import fs from 'node:fs';
import { type FileCalls, systemFileCalls } from '../files/fileCalls';

/** The system calls that files are moved into the quarantine and out of it by; synchronous, as `FileCalls` are. */
export interface QuarantineCalls extends FileCalls {
  /** Gives a file a second name, unless something has that name. */
  link(from: string, to: string): void;
  ownerOf(descriptor: number): { readonly uid: number; readonly gid: number };
  setOwner(descriptor: number, uid: number, gid: number): void;
  setMode(descriptor: number, mode: number): void;
  /** @param seconds since 1970 in UTC */
  setModified(descriptor: number, seconds: number): void;
  /** Throws where names in a folder cannot be added or removed, as far as permissions tell. */
  requireWritable(folder: string): void;
}

export const systemQuarantineCalls: QuarantineCalls = {
  ...systemFileCalls,
  // Nobody else's business, be it names and paths alone.
  makeFolder: (folder) => {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  },
  link: (from, to) => {
    fs.linkSync(from, to);
  },
  ownerOf: (descriptor) => fs.fstatSync(descriptor),
  setOwner: (descriptor, uid, gid) => {
    fs.fchownSync(descriptor, uid, gid);
  },
  setMode: (descriptor, mode) => {
    fs.fchmodSync(descriptor, mode);
  },
  setModified: (descriptor, seconds) => {
    fs.futimesSync(descriptor, seconds, seconds);
  },
  requireWritable: (folder) => {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
  },
};
