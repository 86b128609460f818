# python3's own http.server with the files of a folder, and a handler that takes a POST. Listens on the port of the second argument, or any, and prints it.
import http.server
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args):
        super().__init__(*args, directory=sys.argv[1])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = b"%s %s %s" % (self.path.encode(), self.headers["Content-Type"].encode(), body[::-1])
        self.send_response(202)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
print(server.server_port, flush=True)
server.serve_forever()
