"""The application hears over the back channel that the session is over, and pyoidc verifies the Logout Token."""

from application import end_sessions, logged_out
from oic.oic.message import BackChannelLogoutRequest
from shop import configure, sign_in

client = configure()
tokens, _ = sign_in(client)
end_sessions()

request = BackChannelLogoutRequest(logout_token=logged_out())
issuer = client.provider_info["issuer"]
assert request.verify(aud=client.client_id, iss=issuer, keyjar=client.keyjar)
logout_token = request["logout_token"]
assert logout_token["sub"] == tokens["id_token"]["sub"], logout_token
assert logout_token["sid"] == tokens["id_token"]["sid"], logout_token
