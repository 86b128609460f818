import type { Server } from 'node:net';
import modbus from 'modbus-serial';
import type { PumpDevice } from './pump-device.ts';

export interface ModbusServerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly unitId: number;
}

/**
 * The pump on Modbus TCP, by the server of modbus-serial, which shares no code with the gateway's client. It defers every
 * answer by a timer (1 ms or more), as a small controller would.
 */
export class ModbusServer {
  /** The port it really listens on. */
  readonly port: number;
  readonly #server: InstanceType<typeof modbus.ServerTCP>;

  private constructor(server: InstanceType<typeof modbus.ServerTCP>, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Listens, or rejects with the system's error (port in use, address not available). */
  static open(device: PumpDevice, options: ModbusServerOptions): Promise<ModbusServer> {
    // ServerTCP reads port 0 as "not given" and takes 502; the text '0' reaches the system as 0.
    const port = String(options.port) as unknown as number;
    const server = new modbus.ServerTCP(serviceOf(device), { host: options.host, port, unitID: options.unitId });
    const listener = (server as unknown as { _server: Server })._server;
    listener.on('connection', (socket) => socket.setNoDelay(true));
    server.on('socketError', () => {}); // a client that resets its connection is no news
    return new Promise((resolve, reject) => {
      server.on('serverError', (error) => reject(error));
      server.on('initialized', () => {
        const address = listener.address();
        resolve(
          new ModbusServer(server, typeof address === 'object' && address !== null ? address.port : options.port),
        );
      });
    });
  }

  /** Ends all connections and stops listening. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

const silence = new Promise<never>(() => {});

/** Every register of a request is read at the same moment; only requests of one register use the singular functions. */
function serviceOf(device: PumpDevice) {
  const answer = <Value>(value: () => Value): Value | Promise<never> => (device.isSilent ? silence : value());
  return {
    getInputRegister: (address: number) => answer(() => device.readInputs(address, 1)[0]!) as number,
    getMultipleInputRegisters: (address: number, count: number) =>
      several(device.isSilent, count, () => device.readInputs(address, count)),
    getHoldingRegister: (address: number) => answer(() => device.readHoldings(address, 1)[0]!) as number,
    getMultipleHoldingRegisters: (address: number, count: number) =>
      several(device.isSilent, count, () => device.readHoldings(address, count)),
    getCoil: (address: number) => answer(() => device.readCoil(address)) as boolean,
    getDiscreteInput: (address: number) => answer(() => device.readDiscrete(address)) as boolean,
    setCoil: (address: number, value: boolean) => answer(() => device.writeCoil(address, value)) as Promise<void>,
    setRegister: (address: number, value: number) => answer(() => device.writeHolding(address, value)) as Promise<void>,
  };
}

/** ServerTCP wants a list at once, but waits for each of its entries. */
function several(isSilent: boolean, count: number, read: () => number[]): number[] {
  return isSilent ? (new Array(count).fill(silence) as unknown as number[]) : read();
}
