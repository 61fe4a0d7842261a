// Rich authorization requests: one payment is asked for, pushed and in a link, and said in the answer, in the token and to
// whoever asks about it.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { api, payment } from '../application.mjs'
import { authorizationUrl, connection, introspect, provider, push, signIn } from './shop.mjs'

const asking = (...details) => ({ scope: 'openid', authorization_details: JSON.stringify(details) })
for (const address of [authorizationUrl, push]) {
  const tokens = await signIn(asking(payment), { address: (parameters) => address(parameters) })
  assert.deepEqual(tokens.authorization_details, [payment])
  const told = await introspect(tokens.access_token)
  assert.deepEqual(told.authorization_details, [payment])

  // The API reads the same by itself.
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  const claims = await oauth.validateJwtAccessToken(provider, new Request(api, { headers }), api, connection)
  assert.deepEqual(claims.authorization_details, [payment])
}

const refused = { error: 'invalid_authorization_details' }
await assert.rejects(signIn(asking({ ...payment, creditor: undefined }), { address: push }), refused)
