"""A client on pymodbus that uses every function once. Usage: pymodbus-client.py PORT; prints one JSON list of what it got."""
import json
import sys

from pymodbus.client import ModbusTcpClient
from pymodbus.mei_message import ReadDeviceInformationRequest
from pymodbus.other_message import ReadExceptionStatusRequest

client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
client.connect()


def bits(answer, count):
    return ["exception", answer.exception_code] if answer.isError() else [int(bit) for bit in answer.bits[:count]]


def registers(answer):
    return ["exception", answer.exception_code] if answer.isError() else answer.registers


def done(answer):
    return ["exception", answer.exception_code] if answer.isError() else "ok"


identity = client.execute(ReadDeviceInformationRequest(read_code=3, slave=1, unit=1))
print(
    json.dumps(
        [
            bits(client.read_coils(0, 10, slave=1), 10),
            bits(client.read_discrete_inputs(0, 10, slave=1), 10),
            registers(client.read_holding_registers(0, 3, slave=1)),
            registers(client.read_input_registers(10, 4, slave=1)),
            done(client.write_coil(3, True, slave=1)),
            done(client.write_register(20, 4660, slave=1)),
            done(client.write_coils(0, [True, False, True], slave=1)),
            done(client.write_registers(21, [1, 2, 3], slave=1)),
            done(client.mask_write_register(address=10, and_mask=0x00FF, or_mask=0x1200, slave=1, unit=1)),
            registers(
                client.readwrite_registers(
                    read_address=0, read_count=2, write_address=25, write_registers=[7, 8], slave=1, unit=1
                )
            ),
            registers(client.read_holding_registers(100, 1, slave=1)),
            done(client.write_register(0, 1, slave=1)),
            done(client.execute(ReadExceptionStatusRequest(unit=1))),
            done(client.read_coils(0, 1, slave=9)),
            {str(key): value.decode() for key, value in identity.information.items()},
        ]
    )
)
client.close()
