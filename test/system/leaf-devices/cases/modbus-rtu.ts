import { TOOLS } from '../../../lib/tools.ts';
import { startPymodbusLine } from '../../../peers/modbus-servers.ts';
import { openPtyPair } from '../../../peers/pty-pair.ts';
import type { LeafCase } from '../leaf-case.ts';
import { assertModbusAnswers, MODBUS_ASKS, MODBUS_POLLS } from './modbus-asks.ts';

export const modbusRtu: LeafCase = {
  title: 'reads, writes and polls pymodbus on a serial line',
  needs: [TOOLS.pymodbus, TOOLS.socat],
  async run(bench) {
    const ports = bench.with(await openPtyPair());
    bench.with(await startPymodbusLine(ports.far, [1, 5]));
    const bus = { path: ports.near, baudRate: 115_200, parity: 'none', timeoutMs: 2_000 };
    const unit = { type: 'modbus-rtu', line: 'bus', unitId: 5, polls: MODBUS_POLLS };
    await bench.open({ ...MODBUS_ASKS, config: { lines: { bus }, devices: { unit } } });
    await assertModbusAnswers(bench);
  },
};
