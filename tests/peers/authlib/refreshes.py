"""A refresh token is exchanged for its successor, and does nothing after it is revoked."""

from authlib.integrations.base_client import OAuthError
from shop import Shop, session

shop = Shop()
before = shop.sign_in()
requests = session(before)
token_endpoint = shop.endpoints()["token_endpoint"]
after = requests.refresh_token(token_endpoint)
assert after["refresh_token"] != before["refresh_token"]

revocation_endpoint = shop.endpoints()["revocation_endpoint"]
answer = requests.revoke_token(revocation_endpoint, after["refresh_token"], "refresh_token")
assert answer.status_code == 200, answer.text
try:
    requests.refresh_token(token_endpoint, after["refresh_token"])
except OAuthError as refused:
    assert refused.error == "invalid_grant", refused
else:
    raise AssertionError("a revoked token still refreshes")
