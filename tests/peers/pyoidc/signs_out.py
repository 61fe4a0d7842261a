"""The application signs Alice out, and she is back at it, signed in nowhere."""

from application import HOME, open_url
from oic.oic.message import EndSessionRequest
from shop import come_back, configure, sign_in

client = configure()
tokens, _ = sign_in(client)
leaving = EndSessionRequest(
    id_token_hint=tokens["id_token_jwt"], post_logout_redirect_uri=HOME, state="of-the-shop"
)
assert open_url(leaving.request(client.end_session_endpoint)) == f"{HOME}?state=of-the-shop"

response, _ = come_back(client, prompt="none")
assert response["error"] == "login_required", response
