"""What the pymodbus servers of the tests say of themselves: two objects of 200 bytes, so that more follows."""
from pymodbus.device import ModbusDeviceIdentification


def identity():
    return ModbusDeviceIdentification(
        info={
            0x00: "Gatehouse tests",
            0x01: "PYMODBUS",
            0x02: "3.0",
            0x04: "A server",
            0x80: "x" * 200,
            0x90: "y" * 200,
            0xFF: "last",
        }
    )
