"""The code flow with PKCE; Authlib verifies the ID Token and its signature."""

from application import REGISTERED
from shop import Shop

shop = Shop()
tokens = shop.sign_in()

claims = tokens["userinfo"]
assert claims["aud"] == REGISTERED["client_id"], claims
with shop.app.test_request_context():
    about = shop.doorward.userinfo(token=tokens)
assert about["sub"] == claims["sub"], about
assert about["email"] == "alice@example.com", about
