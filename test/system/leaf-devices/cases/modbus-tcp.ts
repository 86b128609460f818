import { TOOLS } from '../../../lib/tools.ts';
import { startPymodbus } from '../../../peers/modbus-servers.ts';
import type { LeafCase } from '../leaf-case.ts';
import { assertModbusAnswers, MODBUS_ASKS, MODBUS_POLLS } from './modbus-asks.ts';

export const modbusTcp: LeafCase = {
  title: 'reads, writes and polls pymodbus over Modbus TCP',
  needs: [TOOLS.pymodbus],
  async run(bench) {
    const { port } = bench.with(await startPymodbus([5]));
    const unit = { type: 'modbus-tcp', host: '127.0.0.1', port, unitId: 5, timeoutMs: 5_000, polls: MODBUS_POLLS };
    await bench.open({ ...MODBUS_ASKS, config: { devices: { unit } } });
    await assertModbusAnswers(bench);
  },
};
