import { missingTools, TOOLS } from '../../test/lib/tools.ts';
import { startPymodbusLine } from '../../test/peers/modbus-servers.ts';
import type { PeerProcess } from '../../test/peers/peer-process.ts';
import { openPtyPair, type PtyPair } from '../../test/peers/pty-pair.ts';
import type { ExampleFiles } from './pump-host.ts';

const LIVING = [1, 2, 3, 5, 6, 8, 9];
const DEAD = [4, 7, 10];
const INTERVAL_MS = 500;
const nameOf = (unit: number): string => `unit-${unit}`;

/** A serial line of ten units on a pair of ptys; pymodbus plays seven of them, and nobody the others. */
export class LeafLine {
  /** Messages upstream by the number of the unit. */
  readonly arrivals = new Map<number, number>();
  readonly #ports: PtyPair;
  readonly #peer: PeerProcess;

  private constructor(ports: PtyPair, peer: PeerProcess) {
    this.#ports = ports;
    this.#peer = peer;
  }

  static async open(): Promise<LeafLine> {
    const missing = missingTools([TOOLS.socat, TOOLS.pymodbus]);
    if (missing.length > 0) throw new Error(`apt-get install ${missing.map(({ aptPackage }) => aptPackage).join(' ')}`);
    const ports = await openPtyPair();
    try {
      return new LeafLine(ports, await startPymodbusLine(ports.far, LIVING));
    } catch (error) {
      await ports.close();
      throw error;
    }
  }

  /** Puts the line, its units and a module for each of them into an example. */
  addTo({ deployment, gateway }: ExampleFiles): void {
    const { $edgeAgent, $edgeHub } = deployment.modulesContent;
    gateway.lines = { line: { path: this.#ports.near, baudRate: 115_200, parity: 'none', timeoutMs: 200 } };
    const { modules } = $edgeAgent['properties.desired'];
    for (const unit of [...LIVING, ...DEAD]) {
      const name = nameOf(unit);
      const polls = { all: { registers: ['holding:0-4'], intervalMs: INTERVAL_MS } };
      gateway.devices[name] = { type: 'modbus-rtu', line: 'line', unitId: unit, polls };
      modules[name] = {
        ...modules['translate']!,
        settings: {
          image: modules['translate']!.settings['image'],
          grants: { modbus: [{ device: name, read: ['holding:0-4'], poll: ['all'] }], kv: { bytes: 16_384 } },
        },
      };
      $edgeHub['properties.desired'].routes[name] = `FROM /messages/modules/${name}/* INTO $upstream`;
      deployment.modulesContent[name] = {
        'properties.desired': { device: name, poll: 'all', registers: { value: { address: 'holding:3' } } },
      };
    }
  }

  /** Counts a message that arrived from a module of this line; throws if a unit that does not exist has a value, or a wrong one. */
  take(module: string, body: string): void {
    const unit = Number(/^unit-(\d+)$/.exec(module)?.[1]);
    if (Number.isNaN(unit)) return;
    const { value } = JSON.parse(body) as { value?: number };
    if (value !== undefined && (DEAD.includes(unit) || value !== 1000 * unit + 3))
      throw new Error(`unit ${unit} said ${value}`);
    if (value !== undefined) this.arrivals.set(unit, (this.arrivals.get(unit) ?? 0) + 1);
  }

  /** Living units of which nothing has arrived since the last call. */
  takeSilent(): number[] {
    const silent = LIVING.filter((unit) => (this.arrivals.get(unit) ?? 0) === 0);
    this.arrivals.clear();
    return silent;
  }

  async close(): Promise<void> {
    await this.#peer.stop();
    await this.#ports.close();
  }
}
