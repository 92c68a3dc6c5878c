"""What stands at the other end when something goes out. The path says how it behaves; what it hears is a line of JSON each."""
import http.server
import json
import socket
import ssl
import struct
import sys
import threading
import time

LOCK = threading.Lock()


def tell(**what):
    with LOCK:
        print(json.dumps(what), flush=True)


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, head, piece, pause):
        """Until the other side has had enough; then it is told how much went out."""
        sent = 0
        try:
            self.wfile.write(head)
            while sent < 100_000_000:
                self.wfile.write(piece)
                sent += len(piece)
                time.sleep(pause)
        except OSError:
            pass
        self.close_connection = True
        tell(streamed=sent)

    def do_GET(self):
        self.do_POST()

    def do_CONNECT(self):
        self.do_POST()

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode("utf-8", "replace")
        headers = {name.lower(): value for name, value in self.headers.items()}
        tell(method=self.command, path=self.path, headers=headers, body=body)
        name = self.path.split("?")[0].strip("/").split("/")[0]
        if name == "slow":
            time.sleep(3)
            self.answer(200, b"ok", Content_Type="text/plain")
        elif name == "pause":
            time.sleep(0.05)
            self.answer(200, b"ok", Content_Type="text/plain")
        elif name == "hang":
            time.sleep(60)
        elif name == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif name == "close":
            self.close_connection = True
        elif name == "garbage":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n" * 10)
            self.close_connection = True
        elif name == "flood":
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100000000\r\n\r\n"
            self.stream(head, b"a" * 65_536, 0)
        elif name == "flood-headers":
            self.stream(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"a" * 1000 + b"\r\n", 0)
        elif name == "drip":
            self.stream(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100000000\r\n\r\n", b"a", 1)
        elif name == "drip-headers":
            self.stream(b"HTTP/1.1 200 OK\r\nX-Header: ", b"a", 1)
        elif name == "continue":
            self.stream(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)
        elif name == "302":
            self.answer(302, Location="/elsewhere")
        elif name == "307":
            self.answer(307, Location="/elsewhere")
        elif name == "429":
            self.answer(429, b"slowly", Retry_After="7")
        elif name == "plain":
            self.answer(200, "你好".encode(), Content_Type="text/plain; charset=utf-8")
        elif name == "latin":
            self.answer(200, b"caf\xe9", Content_Type="text/plain; charset=iso-8859-1")
        elif name == "page":
            self.answer(200, b"<p>hello</p>", Content_Type="text/html")
        elif name == "json":
            self.answer(200, b'{"errcode":0,"errmsg":"ok"}', Content_Type="application/json")
        elif name.isdigit():
            self.answer(int(name))
        else:
            self.answer(200, b"ok", Content_Type="text/plain")


def serve(address, port, certificate=None):
    server = http.server.ThreadingHTTPServer((address, port), Receiver)
    server.daemon_threads = True
    # Whoever has died meanwhile does not hear the answer.
    server.handle_error = lambda *_: None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


tell(port=serve(sys.argv[1], 0, *sys.argv[2:]))
# Whoever has started it lets go of this pipe when they are done, or die.
sys.stdin.read()
