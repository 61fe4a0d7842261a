"""What the owner of the application `shop` knows of it, and what only people, operators and listeners can do.

A script asks the test that runs it, in a line of JSON, and reads the answer. See harness/conversation.rs.
"""

import json
import os

ISSUER = os.environ["ISSUER"]

# The client metadata as Doorward answered it at the registration, with `client_secret` if there is one.
REGISTERED = json.loads(os.environ["CLIENT"])

# The private key whose public half is registered where assertions are signed.
PRIVATE_JWK = json.loads(os.environ["CLIENT_JWK"])

# Whom connections trust, where Doorward speaks TLS, and what they show.
AUTHORITY = os.environ.get("AUTHORITY")
CERTIFICATE = (os.environ.get("CLIENT_CERTIFICATE"), os.environ.get("CLIENT_CERTIFICATE_KEY"))

REDIRECT_URI = REGISTERED["redirect_uris"][0]

HOME = REGISTERED["post_logout_redirect_uris"][0]


def open_url(url):
    """Alice's browser opens this address, and she signs in where she is asked to.

    Answers where the browser is sent then.
    """
    return ask({"ask": "open", "url": url})["url"]


def sign_out(url):
    """Alice signs out at this address of Doorward, and her browser loads what frames there lead to."""
    ask({"ask": "sign_out", "url": url})


def end_sessions():
    """An operator ends Alice's sessions."""
    ask({"ask": "end_sessions"})


def logged_out():
    """The next Logout Token that arrives at the application's address for back-channel logout."""
    return ask({"ask": "told"})["logout_token"]


def ask(question):
    print(json.dumps(question), flush=True)
    return json.loads(input())
