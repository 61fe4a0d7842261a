"""The application `shop`: Authlib's client for Flask, configured by discovery as its documentation shows."""

import os
import time

# Doorward serves HTTP at the loopback address here.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from urllib.parse import urlsplit

from application import ISSUER, PRIVATE_JWK, REDIRECT_URI, REGISTERED, open_url
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from flask import Flask, jsonify, request
from joserfc.jwk import ECKey

SCOPE = "openid email offline_access"


def secret():
    """The client secret, or the key in its place."""
    if REGISTERED["token_endpoint_auth_method"] == "private_key_jwt":
        return ECKey.import_key(PRIVATE_JWK)
    return REGISTERED.get("client_secret")


class ShortLived(PrivateKeyJWT):
    """Assertions that are good for a minute. Authlib's own are for an hour, and Doorward takes none that is for more
    than five minutes."""

    def sign(self, auth, token_endpoint):
        claims = {"exp": int(time.time()) + 60}
        headers = {"alg": "ES256", "kid": PRIVATE_JWK["kid"]}
        key = auth.client_secret
        return private_key_jwt_sign(key, auth.client_id, token_endpoint, alg="ES256", claims=claims, header=headers)


def doorward(app):
    """Doorward, as Authlib knows it."""
    oauth = OAuth(app)
    oauth.register(
        name="doorward",
        client_id=REGISTERED["client_id"],
        client_secret=secret(),
        server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
        client_auth_methods=[ShortLived()],
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": REGISTERED["token_endpoint_auth_method"],
        },
    )
    return oauth.doorward


class Shop:
    """The application, and the one browser that uses it."""

    def __init__(self):
        self.app = Flask(__name__)
        self.app.secret_key = "of cookies of this test"
        self.doorward = doorward(self.app)
        self.app.add_url_rule("/sign-in", view_func=self.leave)
        self.app.add_url_rule("/callback", view_func=self.come_back)
        self.browser = self.app.test_client()

    def leave(self):
        return self.doorward.authorize_redirect(REDIRECT_URI, **request.args)

    def come_back(self):
        return jsonify(self.doorward.authorize_access_token())

    def sign_in(self, **parameters):
        """Alice goes to the application, to Doorward, and back; answers what the application has then."""
        sent = self.browser.get("/sign-in", query_string=parameters)
        back = urlsplit(open_url(sent.location))
        return self.browser.get(f"{back.path}?{back.query}").json

    def endpoints(self):
        """What Doorward says of itself."""
        return self.doorward.load_server_metadata()


def session(token=None):
    """Authlib's session for requests that no browser has a part in."""
    method = REGISTERED["token_endpoint_auth_method"]
    return OAuth2Session(REGISTERED["client_id"], secret(), token_endpoint_auth_method=method, token=token)
