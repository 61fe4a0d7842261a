"""The client credentials grant: a token for the application, about nobody."""

from shop import Shop, session

shop = Shop()
requests = session()
endpoints = shop.endpoints()
tokens = requests.fetch_token(endpoints["token_endpoint"], grant_type="client_credentials", scope="stock:read")

assert tokens["scope"] == "stock:read", tokens
assert "refresh_token" not in tokens, tokens
