// Rich authorization requests: one payment is asked for, pushed and in a link, and said in the answer, in the token and to
// whoever asks about it.
import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import { buildAuthorizationUrl, buildAuthorizationUrlWithPAR, tokenIntrospection } from 'openid-client'
import { api, payment } from '../application.mjs'
import { configure, signIn } from './shop.mjs'

const config = await configure()
assert.deepEqual(config.serverMetadata().authorization_details_types_supported, [payment.type])

const asking = (...details) => ({ scope: 'openid', authorization_details: JSON.stringify(details) })
for (const address of [buildAuthorizationUrl, buildAuthorizationUrlWithPAR]) {
  const tokens = await signIn(config, asking(payment), address)
  assert.deepEqual(tokens.authorization_details, [payment])
  const { aud, authorization_details } = decodeJwt(tokens.access_token)
  assert.ok(aud.includes(api))
  assert.deepEqual(authorization_details, [payment])
  const told = await tokenIntrospection(config, tokens.access_token)
  assert.deepEqual(told.authorization_details, [payment])
}

// What the API knows nothing of is refused before anybody is asked.
for (const unknown of [{ type: 'account_information' }, { ...payment, currency: 'EUR' }]) {
  const refused = { error: 'invalid_authorization_details' }
  await assert.rejects(signIn(config, asking(payment, unknown), buildAuthorizationUrlWithPAR), refused)
}
