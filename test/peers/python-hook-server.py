# A web hook by python3's own http.server: notes every POST, and answers it with the status that the file of the first argument names, "202" when there is
# none. "GET /" gives what was noted as JSON. Listens on the port of the second argument, or any; prints its port.
import http.server
import json
import os
import sys

seen = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = 202
        if os.path.exists(sys.argv[1]):
            with open(sys.argv[1]) as file:
                status = int(file.read())
        seen.append({"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}, "body": body, "status": status})
        self.answer(status, b"")

    def do_GET(self):
        self.answer(200, json.dumps(seen).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
print(server.server_port, flush=True)
server.serve_forever()
