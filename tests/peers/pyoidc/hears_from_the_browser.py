"""Alice signs out at Doorward, and her browser loads the application's address, which ends her session with it."""

from application import REGISTERED, sign_out
from listener import listening
from oic.oic.message import FrontChannelLogoutRequest
from shop import configure, sign_in

client = configure()
issuer = client.provider_info["issuer"]
assert client.provider_info["frontchannel_logout_session_supported"] is True

tokens, _ = sign_in(client)
sid = tokens["id_token"]["sid"]
sessions = {"of-somebody-else": "bob", sid: tokens["id_token"]["sub"]}


def end_session(query):
    request = FrontChannelLogoutRequest().from_urlencoded(query)
    assert request.verify(), query
    assert request["iss"] == issuer, query
    sessions.pop(request["sid"])
    return "text/html", "You are signed out."


with listening(REGISTERED["frontchannel_logout_uri"], end_session):
    sign_out(client.end_session_endpoint)
assert sessions == {"of-somebody-else": "bob"}, sessions
