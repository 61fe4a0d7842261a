"""A resource server that verifies by itself, as far as status goes: Python's own zlib and JSON, by the letter of the draft.

It reads an access token and the address of the node that it asks, and says `valid` and then `revoked` as it finds them. With
`now` it fetches the list anew for each look, with `cached` only when its `ttl` is over.
"""

import base64
import json
import sys
import time
import urllib.request
import zlib


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def said(token):
    header, payload, _ = token.split(".")
    return json.loads(decoded(header)), json.loads(decoded(payload))


def fetch(node, uri):
    issuer, path = uri.split("/status-lists/")
    request = urllib.request.Request(f"{node}/status-lists/{path}", headers={"Accept": "application/statuslist+jwt"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"] == "application/statuslist+jwt"
        header, claims = said(answer.read().decode())
    assert header["typ"] == "statuslist+jwt", header
    assert claims["sub"] == uri, claims
    assert claims["iat"] <= time.time() + 1 and time.time() < claims["exp"], claims
    return claims


def is_revoked(claims, idx):
    assert claims["status_list"]["bits"] == 1
    statuses = zlib.decompress(decoded(claims["status_list"]["lst"]))
    return statuses[idx // 8] >> (idx % 8) & 1 == 1


token, node, freshness = sys.argv[1:]
status = said(token)[1]["status"]["status_list"]
claims, fetched_at = fetch(node, status["uri"]), time.monotonic()
print("revoked" if is_revoked(claims, status["idx"]) else "valid", flush=True)
while not is_revoked(claims, status["idx"]):
    time.sleep(0.02)
    if freshness == "now" or time.monotonic() - fetched_at >= claims["ttl"]:
        claims, fetched_at = fetch(node, status["uri"]), time.monotonic()
print("revoked", flush=True)
