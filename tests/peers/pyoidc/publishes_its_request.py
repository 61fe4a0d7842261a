"""The application publishes what it asks for, signed, and Doorward gets it from there (JAR by reference)."""

import time

from application import PRIVATE_JWK, REGISTERED
from listener import listening
from oic.oic.message import OpenIDRequest
from oic.utils.keyio import KeyBundle
from shop import configure, sign_in

PUBLISHED = REGISTERED["request_uris"][0]

client = configure()
keys = KeyBundle([PRIVATE_JWK | {"use": "sig"}]).keys()
objects = []
asked_for = []


def publish(request):
    """Signs the request, and answers what the browser carries in its place.

    The `request_method` of pyoidc signs neither who asks whom and until when, nor the challenge of PKCE.
    """
    said = {"iss": client.client_id, "aud": client.provider_info["issuer"], "exp": int(time.time()) + 60}
    words = {name: " ".join(request[name]) for name in ["scope", "response_type"]}
    objects.append(OpenIDRequest(**request.to_dict() | words | said).to_jwt(key=keys, algorithm="ES256"))
    beside = {"state": "of-whoever-carries-it", "nonce": "of-whoever-carries-it"}
    return type(request)(**request.to_dict() | beside, request_uri=PUBLISHED)


def published(query):
    asked_for.append(query)
    return "application/oauth-authz-req+jwt", objects[-1]


with listening(PUBLISHED, published):
    tokens, _ = sign_in(client, publish)
assert tokens["id_token"]["sub"], tokens
assert asked_for, "Doorward asked for the request object"
