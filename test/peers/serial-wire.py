"""Two serial ports on one wire, which carries characters only while both ends have the same baud rate and stop bits.

Usage: serial-wire.py NEAR FAR; makes pseudo terminals under these names and prints 0. What one end sends at another setting arrives as
something else, as on a real wire. (A pseudo terminal has no parity: the kernel takes the setting back.)
"""
import os
import select
import sys
import termios
import tty


def open_port(link):
    master, slave = os.openpty()
    tty.setraw(slave)
    os.symlink(os.ttyname(slave), link)
    # The slave stays open here as well: a master whose slave nobody has open cannot be read.
    return master, slave


def setting(master):
    attributes = termios.tcgetattr(master)
    return attributes[5], attributes[2] & termios.CSTOPB


near, far = open_port(sys.argv[1]), open_port(sys.argv[2])
other = {near[0]: far[0], far[0]: near[0]}
print(0, flush=True)
while True:
    for master in select.select(list(other), [], [])[0]:
        characters = os.read(master, 4096)
        if setting(near[0]) != setting(far[0]):
            characters = bytes(character ^ 0x95 for character in characters)
        os.write(other[master], characters)
