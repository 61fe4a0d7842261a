"""The application `shop` on pyoidc: configured by discovery, as its documentation shows."""

import base64
import hashlib
import secrets
from urllib.parse import urlsplit

from application import ISSUER, PRIVATE_JWK, REDIRECT_URI, REGISTERED, open_url

from oic.oic import Client
from oic.oic.message import AuthorizationResponse, RegistrationResponse
from oic.utils.authn.client import CLIENT_AUTHN_METHOD
from oic.utils.keyio import KeyBundle

METHOD = REGISTERED["token_endpoint_auth_method"]

# What goes with every request that the application sends by itself. pyoidc's assertions are good for ten minutes
# otherwise, and Doorward takes none that is good for more than five.
AUTHENTICATION = {"authn_method": METHOD}
if METHOD == "private_key_jwt":
    AUTHENTICATION |= {"algorithm": "ES256", "lifetime": 60}


def configure(kind=Client):
    """A client of pyoidc that knows Doorward and its own registration."""
    client = kind(client_authn_method=CLIENT_AUTHN_METHOD)
    client.provider_config(ISSUER)
    names = ["client_id", "client_secret", "redirect_uris", "id_token_signed_response_alg"]
    registered = {name: REGISTERED[name] for name in names if name in REGISTERED}
    client.store_registration_info(RegistrationResponse(**registered))
    client.redirect_uris = [REDIRECT_URI]
    if METHOD == "private_key_jwt":
        client.keyjar.add_kb("", KeyBundle([PRIVATE_JWK | {"use": "sig"}]))
    return client


def plainly(request):
    """The browser carries the request itself."""
    return request


def come_back(client, carried=plainly, **parameters):
    """Sends Alice's browser away with what is `carried` of the request, and answers how the code that it comes back
    with is redeemed."""
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    nonce, state = secrets.token_urlsafe(), secrets.token_urlsafe()
    request = client.construct_AuthorizationRequest(
        request_args={
            "response_type": "code",
            "scope": ["openid", "email", "offline_access"],
            "redirect_uri": REDIRECT_URI,
            "nonce": nonce,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **parameters,
        }
    )
    back = open_url(carried(request).request(client.authorization_endpoint))
    response = client.parse_response(AuthorizationResponse, urlsplit(back).query, sformat="urlencoded")
    return response, {"state": state, "nonce": nonce, "verifier": verifier}


def sign_in(client, carried=plainly):
    """Alice signs in; answers the tokens, whose ID Token pyoidc has verified, and the state they are kept under."""
    response, sent = come_back(client, carried)
    assert response["state"] == sent["state"], response
    tokens = client.do_access_token_request(
        state=sent["state"],
        request_args={
            "code": response["code"],
            "redirect_uri": REDIRECT_URI,
            "code_verifier": sent["verifier"],
        },
        **AUTHENTICATION,
    )
    assert "access_token" in tokens, tokens
    assert tokens["id_token"]["nonce"] == sent["nonce"], tokens
    return tokens, sent["state"]
