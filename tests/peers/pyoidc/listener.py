"""A listener of the application's, at an address of its own that is registered."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlsplit


@contextmanager
def listening(address, answer):
    """Answers each request for this address by what `answer` makes of its query: a content type and a text."""
    expected = urlsplit(address)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urlsplit(self.path)
            assert asked.path == expected.path, self.path
            content_type, text = answer(asked.query)
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.end_headers()
            self.wfile.write(text.encode())

    server = HTTPServer((expected.hostname, expected.port), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    with server:
        yield
        server.shutdown()
