# Listens as systemd does on a UNIX datagram socket, and prints each notification as one JSON line with the process that sent it.
import array, json, os, socket, struct, sys

path = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\0" + path[1:] if path.startswith("@") else path)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
print(json.dumps({"listening": path}), flush=True)
while True:
    data, parts, _, _ = receiver.recvmsg(65536, 4096)
    sender = None
    for level, kind, content in parts:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            sender = struct.unpack("3i", content[:12])[0]
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            # A barrier: whoever waits for it goes on when this end is closed.
            descriptors = array.array("i")
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
            for descriptor in descriptors:
                os.close(descriptor)
    print(json.dumps({"sender": sender, "lines": data.decode().split("\n")}), flush=True)
