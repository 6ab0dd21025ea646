import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ClamdAddress } from '../../../../../src/services/scan/clamav/clamdAddress';

/** A connection as the fake sees it. */
export interface FakeConversation {
  readonly socket: Socket;
  /** Commands that came, and contents of streams that came whole. */
  readonly commands: readonly string[];
  readonly streams: readonly Buffer[];
  /** How many chunks came. */
  readonly chunks: number;
}

/** What it does when something came: a command, a chunk, the end of a stream. */
export type FakeBehaviour = (
  conversation: FakeConversation,
  came: { readonly command?: string; readonly stream?: Buffer; readonly chunk?: Buffer },
) => void;

/** A clamd that finds `BAD` and nothing else. */
export function honest(version = 'ClamAV 1.4.3/27800/Fri Nov 27 08:00:00 2026'): FakeBehaviour {
  return ({ socket, commands }, { command, stream }) => {
    const number = commands.length - 1;
    if (command === 'VERSION') socket.write(`${number}: ${version}\0`);
    if (command === 'END') socket.end();
    if (stream !== undefined) {
      const said = stream.includes('BAD') ? 'stream: Made.Up.Bad FOUND' : 'stream: OK';
      socket.write(`${number}: ${said}\0`);
    }
  };
}

/** Listens as clamd does, on a socket or on loopback, and behaves as a test wishes. */
export class FakeClamd {
  readonly conversations: FakeConversation[] = [];
  behaviour: FakeBehaviour;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'sentinel-clamd-'));

  constructor(behaviour: FakeBehaviour = honest()) {
    this.behaviour = behaviour;
    this.server = createServer((socket) => {
      this.serve(socket);
    });
  }

  get socketPath(): string {
    return path.join(this.folder, 'clamd.sock');
  }

  async listen(type: ClamdAddress['type'] = 'socket'): Promise<ClamdAddress> {
    const { server, socketPath } = this;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      if (type === 'socket') server.listen(socketPath, resolve);
      else server.listen(0, '127.0.0.1', resolve);
    });
    if (type === 'socket') return { type, path: socketPath };
    return { type, host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  /** Ends every conversation and takes no more; the socket is gone. */
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  async dispose(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private serve(socket: Socket): void {
    const commands: string[] = [];
    const streams: Buffer[] = [];
    const conversation = { socket, commands, streams, chunks: 0 };
    this.conversations.push(conversation);
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    let rest = Buffer.alloc(0);
    let parts: Buffer[] | undefined;
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        if (parts !== undefined) {
          if (rest.length < 4 || rest.length < 4 + rest.readUInt32BE()) return;
          const length = rest.readUInt32BE();
          const chunk = rest.subarray(4, 4 + length);
          rest = rest.subarray(4 + length);
          if (length > 0) {
            parts.push(chunk);
            conversation.chunks += 1;
            this.behaviour(conversation, { chunk });
          } else {
            const stream = Buffer.concat(parts);
            parts = undefined;
            streams.push(stream);
            this.behaviour(conversation, { stream });
          }
        } else {
          const end = rest.indexOf(0);
          if (end < 0) return;
          const command = rest.toString('latin1', 0, end).replace(/^z/, '');
          rest = rest.subarray(end + 1);
          commands.push(command);
          if (command === 'INSTREAM') parts = [];
          this.behaviour(conversation, { command });
        }
      }
    });
  }
}
