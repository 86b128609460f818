"""A Modbus TCP server on pymodbus with several units. Usage: pymodbus-server.py tcp|rtu UNIT [UNIT ...]; prints its port.

With `rtu` the frames are those of a serial line, as behind a device server.

The system chooses the port. Every table of unit u has 200 addresses and holds 1000 * u + n at address n (registers) or
(u + n) modulo 2 (bits). A request for another unit gets no answer.
"""
import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server.async_io import ModbusTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

from pymodbus_identity import identity

ADDRESSES = 200


def slave(unit):
    registers = [1000 * unit + n for n in range(ADDRESSES)]
    bits = [(unit + n) % 2 for n in range(ADDRESSES)]
    return ModbusSlaveContext(
        co=ModbusSequentialDataBlock(0, list(bits)),
        di=ModbusSequentialDataBlock(0, list(bits)),
        hr=ModbusSequentialDataBlock(0, list(registers)),
        ir=ModbusSequentialDataBlock(0, list(registers)),
        zero_mode=True,
    )


async def main():
    units = {int(unit): slave(int(unit)) for unit in sys.argv[2:]}
    context = ModbusServerContext(slaves=units, single=False)
    server = ModbusTcpServer(
        context,
        framer=ModbusRtuFramer if sys.argv[1] == "rtu" else ModbusSocketFramer,
        identity=identity(),
        address=("127.0.0.1", 0),
        ignore_missing_slaves=True,
    )
    serving = asyncio.ensure_future(server.serve_forever())
    await server.serving
    print(server.server.sockets[0].getsockname()[1], flush=True)
    await serving


asyncio.run(main())
