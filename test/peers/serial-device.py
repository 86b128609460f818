# A device on a serial line, by Debian's python3-serial. Speaks lines: "ECHO x" is answered "x", "W" by a weight, "SILENT" not at all, "LATE n" after n
# milliseconds, "FLOOD n" with n lines. Prints 0 when it listens.
import sys
import time
import serial

port = serial.Serial(sys.argv[1], 9600, timeout=60)
print(0, flush=True)
while True:
    line = port.readline().decode('latin1').strip()
    if line == '':
        break
    word, _, rest = line.partition(' ')
    if word == 'ECHO':
        port.write((rest + '\r\n').encode('latin1'))
    elif word == 'W':
        port.write(b'1.5 kg\r\n')
    elif word == 'LATE':
        time.sleep(int(rest) / 1000)
        port.write(b'late\r\n')
    elif word == 'FLOOD':
        for index in range(int(rest)):
            port.write(('%d\r\n' % index).encode('latin1'))
