"""A refresh token is exchanged for its successor."""

from shop import AUTHENTICATION, configure, sign_in

client = configure()
before, state = sign_in(client)
after = client.do_access_token_refresh(state=state, **AUTHENTICATION)

assert after["refresh_token"] != before["refresh_token"], after
assert after["id_token"]["sub"] == before["id_token"]["sub"], after
