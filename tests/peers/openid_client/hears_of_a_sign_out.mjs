// The application hears over the back channel that the session is over. openid-client leaves Logout Tokens to
// jose, which comes with it; the rules are those of OpenID Connect Back-Channel Logout, section 2.6.
import assert from 'node:assert/strict'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { endSessions, loggedOut, registered } from '../application.mjs'
import { configure, signIn } from './shop.mjs'

const config = await configure()
const tokens = await signIn(config)
await endSessions()
const logoutToken = await loggedOut()

const { issuer, jwks_uri } = config.serverMetadata()
const { payload } = await jwtVerify(logoutToken, createRemoteJWKSet(new URL(jwks_uri)), {
  algorithms: [registered.id_token_signed_response_alg],
  audience: registered.client_id,
  issuer,
  requiredClaims: ['iat', 'exp', 'jti', 'events'],
  typ: 'logout+jwt',
})
assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
assert.equal(payload.nonce, undefined)
assert.equal(payload.sub, tokens.claims().sub)
assert.equal(payload.sid, tokens.claims().sid)
