// A token for an API, by its resource indicator: the API takes it, and takes no token that is for somebody else.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { api } from '../application.mjs'
import { client, connection, provider, signIn } from './shop.mjs'

const taken = (token) => {
  const request = new Request(`${api}/orders`, { headers: { authorization: `Bearer ${token}` } })
  return oauth.validateJwtAccessToken(provider, request, api, connection)
}
const { access_token, claims } = await signIn({ scope: 'openid orders:read', resource: api })
const token = await taken(access_token)
assert.equal(token.sub, claims.sub)
assert.equal(token.client_id, client.client_id)
assert.ok(token.scope.split(' ').includes('orders:read'))

const elsewhere = await signIn({ scope: 'openid' })
await assert.rejects(taken(elsewhere.access_token), { code: oauth.JWT_CLAIM_COMPARISON })
