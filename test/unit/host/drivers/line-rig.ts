import type { ModbusConfig, ModbusRtuTcpConfig } from '../../../../host/src/drivers/modbus/config.ts';
import { type Answer, DriverRig, readOf, writeOf } from './driver-rig.ts';
import { FakeBus } from './fake-bus.ts';
import { VirtualClock } from './virtual-clock.ts';

export const TIMEOUT_MS = 100;

/** A unit behind a device server. */
export function unitAt(unitId: number, changes: Partial<ModbusRtuTcpConfig> = {}): ModbusRtuTcpConfig {
  return {
    type: 'modbus-rtu-tcp',
    host: 'server',
    port: 4001,
    unitId,
    timeoutMs: TIMEOUT_MS,
    turnaroundMs: 50,
    maxGap: 8,
    polls: {},
    ...changes,
  };
}

/** A driver whose units share a line that a test plays, with devices named `u1`, `u2` and so on. */
export class LineRig {
  readonly clock = new VirtualClock();
  readonly bus = new FakeBus(this.clock);
  readonly rig: DriverRig;

  constructor(devices: Record<string, ModbusConfig>) {
    this.rig = new DriverRig(devices, { clock: this.clock, random: () => 1, openTransport: this.bus.open });
  }

  static async open(devices: Record<string, ModbusConfig>): Promise<LineRig> {
    const rig = new LineRig(devices);
    await rig.rig.driver.open();
    rig.clock.advance(200);
    return rig;
  }

  /** Makes a read and notes how it ends. */
  read(device: string, address: string): Answer[] {
    const answers: Answer[] = [];
    this.rig.requestWith(device, readOf(address), (answer) => answers.push(answer));
    return answers;
  }

  write(device: string, address: string, values: readonly number[], expiryMs = 0): Answer[] {
    const answers: Answer[] = [];
    this.rig.requestWith(device, writeOf(address, values, expiryMs), (answer) => answers.push(answer));
    return answers;
  }
}

/** How a request ended, in short: its values, or its status and detail. */
export function ended(answers: readonly Answer[]): string {
  return answers
    .map(({ status, detail, blocks }) => (status === 0 ? `ok ${blocks[0]?.values ?? ''}` : `${status} ${detail}`))
    .join('; ');
}
