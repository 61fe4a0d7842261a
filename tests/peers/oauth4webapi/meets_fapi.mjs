// What FAPI 2.0 demands of a client, in one flow: a pushed request with PKCE, a key that it authenticates with, and
// another that its tokens are bound to. Where it must sign its requests, it does, and reads signed responses.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { privateJwk } from '../application.mjs'
import { client, connection, provider, push, sign, signIn, withNonce } from './shop.mjs'

const DPoP = oauth.DPoP(client, await oauth.generateKeyPair(privateJwk.alg))
const plain = { address: (parameters) => push(parameters, DPoP), DPoP }
const signed = {
  address: async (parameters) => push(await sign(parameters), DPoP),
  validate: oauth.validateJwtAuthResponse,
  DPoP,
}
const tokens = client.require_signed_request_object
  ? await signIn({ response_mode: 'jwt' }, signed)
  : await signIn({}, plain)
assert.equal(tokens.token_type, 'dpop')

const about = await withNonce(async () => {
  const answer = await oauth.userInfoRequest(provider, client, tokens.access_token, { DPoP, ...connection })
  return oauth.processUserInfoResponse(provider, client, tokens.claims.sub, answer)
})
assert.equal(about.email, 'alice@example.com')
