"""A line of units on pymodbus, RTU. Usage: pymodbus-line.py PORT UNIT [UNIT ...]; prints 0 once it serves.

Every table of unit u has 200 addresses and holds 1000 * u + n at address n (registers) or (u + n) modulo 2 (bits). A
request for another unit gets no answer.
"""
import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server.async_io import ModbusSerialServer
from pymodbus.transaction import ModbusRtuFramer

from pymodbus_identity import identity

ADDRESSES = 200


def slave(unit):
    registers = [(1000 * unit + n) % 65536 for n in range(ADDRESSES)]
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
    server = ModbusSerialServer(
        ModbusServerContext(slaves=units, single=False),
        framer=ModbusRtuFramer,
        identity=identity(),
        port=sys.argv[1],
        baudrate=115200,
        timeout=0.01,
        ignore_missing_slaves=True,
    )
    await server.start()
    print(0, flush=True)
    await server.serve_forever()


asyncio.run(main())
