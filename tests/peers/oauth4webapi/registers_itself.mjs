// An application registers itself with a token that an operator gave it, with the key that it authenticates with.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { initialAccessToken, privateJwk, redirectUri } from '../application.mjs'
import { connection, provider, signingKey } from './shop.mjs'

const { d, ...publicJwk } = privateJwk
const metadata = {
  client_name: 'Books',
  redirect_uris: [redirectUri],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [publicJwk] },
}
const answer = await oauth.dynamicClientRegistrationRequest(provider, metadata, {
  initialAccessToken: await initialAccessToken(),
  ...connection,
})
const books = await oauth.processDynamicClientRegistrationResponse(answer)
assert.equal(books.client_secret, undefined)

// Doorward knows it by its key.
const key = oauth.PrivateKeyJwt(await signingKey())
const nothing = await oauth.introspectionRequest(provider, books, key, 'nothing', connection)
assert.equal((await oauth.processIntrospectionResponse(provider, books, nothing)).active, false)
