// An API that takes access tokens verifies them by itself, as JWTs of RFC 9068.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { client, connection, provider, signIn } from './shop.mjs'

const { access_token, id_token, claims } = await signIn()

const asked = (token) =>
  new Request('https://api.example/stock', { headers: { authorization: `Bearer ${token}` } })
const token = await oauth.validateJwtAccessToken(provider, asked(access_token), provider.issuer, connection)
assert.equal(token.sub, claims.sub)
assert.equal(token.client_id, client.client_id)

await assert.rejects(oauth.validateJwtAccessToken(provider, asked(id_token), provider.issuer, connection))
