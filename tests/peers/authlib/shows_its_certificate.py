"""Mutual TLS: a certificate proves who the application is, and its tokens are of use to nobody without it.

Authlib knows no client authentication of that name: the connection proves it, and the request says no more than a public
client's. Its session takes the certificate as Requests does.
"""

import base64
import hashlib
import json
import ssl
from pathlib import Path
from urllib.parse import urldefrag

from application import AUTHORITY, CERTIFICATE, ISSUER, REDIRECT_URI, REGISTERED, open_url
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

# These are given with each request: where a variable of the environment names authorities, a session's own would not count.
CONNECTION = {"verify": AUTHORITY, "cert": CERTIFICATE}
STRANGER = {"verify": AUTHORITY}


def thumbprint():
    """How tokens name the certificate that they are bound to."""
    der = ssl.PEM_cert_to_DER_cert(Path(CERTIFICATE[0]).read_text())
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


requests = OAuth2Session(
    REGISTERED["client_id"],
    token_endpoint_auth_method="none",
    redirect_uri=REDIRECT_URI,
    scope="openid email offline_access",
    code_challenge_method="S256",
)
metadata = requests.get(f"{ISSUER}/.well-known/openid-configuration", withhold_token=True, **STRANGER).json()
asking = metadata["mtls_endpoint_aliases"]

verifier = generate_token(48)
address, _ = requests.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
# A server is not told what follows "#".
back, _ = urldefrag(open_url(address))
tokens = requests.fetch_token(
    asking["token_endpoint"], authorization_response=back, code_verifier=verifier, **CONNECTION
)
claims = json.loads(base64.urlsafe_b64decode(tokens["access_token"].split(".")[1] + "=="))
assert claims["cnf"] == {"x5t#S256": thumbprint()}, claims

about = requests.get(asking["userinfo_endpoint"], **CONNECTION)
assert about.json()["email"] == "alice@example.com", about.text
stolen = requests.get(asking["userinfo_endpoint"], **STRANGER)
assert stolen.status_code == 401, stolen.text
assert "invalid_token" in stolen.headers["WWW-Authenticate"], stolen.headers

told = requests.introspect_token(asking["introspection_endpoint"], tokens["access_token"], **CONNECTION)
assert told.json()["cnf"] == {"x5t#S256": thumbprint()}, told.text
assert requests.refresh_token(asking["token_endpoint"], **CONNECTION)["access_token"]
