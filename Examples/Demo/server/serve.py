#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Nestbox authors

"""The demonstration's web server.

/             what the environment says
/whoami       the host name, so that a reader sees which replica answered
/work?ms=N    uses N milliseconds of processor time, then says which replica it was
/files/NAME   reads, writes (PUT) and removes (DELETE) files of the volume at /data
"""

import os
import pathlib
import signal
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NAME = socket.gethostname()
DATA = pathlib.Path("/data")


def burn(milliseconds):
    """Uses processor time of this thread, however long that takes."""
    end = time.thread_time() + milliseconds / 1000
    while time.thread_time() < end:
        sum(range(500))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/":
            self.answer(200, f"GREETING={os.environ.get('GREETING', '')}\n")
        elif url.path == "/whoami":
            self.answer(200, NAME + "\n")
        elif url.path == "/work":
            burn(float(parse_qs(url.query).get("ms", ["1"])[0]))
            self.answer(200, NAME + "\n")
        elif (file := self.file()) and file.is_file():
            self.answer(200, file.read_text())
        else:
            self.answer(404, "there is no such file\n")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not (file := self.file()):
            return self.answer(403, "files are below /files/\n")
        file.write_bytes(body)
        self.answer(201, "written\n")

    def do_DELETE(self):
        if file := self.file():
            file.unlink(missing_ok=True)
        self.answer(200 if file else 403, "")

    def file(self):
        parts = urlsplit(self.path).path.split("/")
        good = len(parts) == 3 and parts[1] == "files" and parts[2] not in ("", ".", "..")
        return DATA / parts[2] if good else None

    def answer(self, status, text):
        body = text.encode()
        head = f"HTTP/1.1 {status} {self.responses[status][0]}\r\nContent-Length: {len(body)}\r\n"
        # One piece, so that no answer is ever half sent.
        self.wfile.write(head.encode() + b"Content-Type: text/plain\r\n\r\n" + body)
        print(self.command, self.path, status, flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


if __name__ == "__main__":
    # Process 1 takes no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Server(("", 8080), Handler).serve_forever()
