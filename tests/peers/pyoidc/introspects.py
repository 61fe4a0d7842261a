"""An access token is alive until it is revoked."""

from oic.extension.client import Client as ExtensionClient
from shop import AUTHENTICATION, configure, sign_in

tokens, _ = sign_in(configure())
client = configure(ExtensionClient)
token = {"token": tokens["access_token"], "token_type_hint": "access_token"}


def introspect():
    return client.do_token_introspection(request_args=token, **AUTHENTICATION)


alive = introspect()
assert alive["active"] is True, alive
assert alive["sub"] == tokens["id_token"]["sub"], alive

client.do_token_revocation(request_args=token, **AUTHENTICATION)
assert introspect()["active"] is False
