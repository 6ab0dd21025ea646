import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a clamd and who asks it, and passes its replies on in other packets than they came in. */
export class ClamdRelay {
  /** What was passed on, as it was. */
  readonly packets: Buffer[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  /** @param pass all replies of a conversation `together`, or byte by byte */
  constructor(
    private readonly port: number,
    private readonly pass: 'together' | 'apart',
  ) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.serve(socket);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    const clamd = connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true });
    for (const each of [socket, clamd]) {
      this.sockets.add(each);
      each.on('close', () => this.sockets.delete(each));
      each.on('error', () => undefined);
    }
    socket.pipe(clamd);
    const said: Buffer[] = [];
    clamd.on('data', (data) => said.push(data));
    clamd.on('end', () => void this.passOn(Buffer.concat(said), socket));
  }

  private async passOn(said: Buffer, socket: Socket): Promise<void> {
    const length = this.pass === 'together' ? said.length : 1;
    for (let at = 0; at < said.length; at += length) {
      const packet = said.subarray(at, at + length);
      this.packets.push(packet);
      await new Promise((resolve) => socket.write(packet, resolve));
      // What is written in one turn of the loop may arrive in one packet.
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.end();
  }
}
