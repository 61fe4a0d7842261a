"""The code flow with PKCE; pyoidc verifies the ID Token and its signature."""

from application import REGISTERED
from shop import configure, sign_in

client = configure()
tokens, state = sign_in(client)

claims = tokens["id_token"]
assert claims["aud"] == [REGISTERED["client_id"]], claims
about = client.do_user_info_request(state=state)
assert about["sub"] == claims["sub"], about
assert about["email"] == "alice@example.com", about
