"""An access token is alive until it is revoked."""

from shop import Shop, session

shop = Shop()
tokens = shop.sign_in()
requests = session(tokens)
endpoints = shop.endpoints()


def introspect():
    return requests.introspect_token(endpoints["introspection_endpoint"], tokens["access_token"]).json()


alive = introspect()
assert alive["active"] is True, alive
assert alive["sub"] == tokens["userinfo"]["sub"], alive

requests.revoke_token(endpoints["revocation_endpoint"], tokens["access_token"], "access_token")
assert introspect() == {"active": False}
