"""The application signs Alice out, and she is back at it, signed in nowhere."""

from application import HOME, open_url
from authlib.integrations.base_client import OAuthError
from shop import Shop

shop = Shop()
shop.app.testing = True
tokens = shop.sign_in()
leaving = shop.doorward.create_logout_url(HOME, tokens["id_token"], "of-the-shop")
assert open_url(leaving["url"]) == f"{HOME}?state=of-the-shop"

try:
    shop.sign_in(prompt="none")
except OAuthError as refused:
    assert refused.error == "login_required", refused
else:
    raise AssertionError("she is still signed in")
