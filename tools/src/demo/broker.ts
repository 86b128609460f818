import { createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import { parseUpstream, type UpstreamArrival } from './upstream-message.ts';

const CLOSE_MS = 2_000;

/** An MQTT broker inside this process: stands for the cloud, and shows what arrives there. */
export class DemoBroker {
  readonly port: number;
  readonly #broker: Aedes;
  readonly #server: Server;

  private constructor(broker: Aedes, server: Server, port: number) {
    this.#broker = broker;
    this.#server = server;
    this.port = port;
  }

  /** Listens on loopback; port 0 lets the system choose. `onArrival` is called for every telemetry message. */
  static async open(port: number, onArrival: (arrival: UpstreamArrival) => void): Promise<DemoBroker> {
    // The queue of the default setting can overflow the stack when a subscriber goes away under load.
    const broker = await Aedes.createBroker({ concurrency: 0 });
    const server = createServer(broker.handle);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
    } catch (error) {
      broker.close();
      throw new Error(`the MQTT broker cannot listen on port ${port}: ${(error as Error).message}`, { cause: error });
    }
    broker.subscribe(
      'devices/#',
      (packet, done) => {
        const arrival = parseUpstream(packet.topic, Buffer.from(packet.payload));
        if (arrival !== undefined) onArrival(arrival);
        done();
      },
      () => {},
    );
    const address = server.address();
    return new DemoBroker(broker, server, typeof address === 'object' && address !== null ? address.port : port);
  }

  /** Number of clients that are connected now. */
  get clients(): number {
    return this.#broker.connectedClients;
  }

  /** Ends all connections; gives up waiting for them after two seconds. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    const closed = new Promise<void>((resolve) => {
      this.#server.close();
      this.#broker.close(() => resolve());
    });
    await Promise.race([closed, late]);
    clearTimeout(timer);
  }
}
