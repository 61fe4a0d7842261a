// Tokens are bound to a key that the application makes, and proves to hold with every request (DPoP).
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { authentication, client, connection, introspect, provider, signIn, withNonce } from './shop.mjs'

const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
const tokens = await signIn({}, { DPoP })
assert.equal(tokens.token_type, 'dpop')

const userInfo = (token, options) => async () => {
  const answer = await oauth.userInfoRequest(provider, client, token, { ...options, ...connection })
  return oauth.processUserInfoResponse(provider, client, tokens.claims.sub, answer)
}
const about = await withNonce(userInfo(tokens.access_token, { DPoP }))
assert.equal(about.email, 'alice@example.com')
await assert.rejects(userInfo(tokens.access_token, {}), { status: 401 })

const { cnf } = await introspect(tokens.access_token)
assert.deepEqual(cnf, { jkt: await DPoP.calculateThumbprint() })

const after = await withNonce(async () => {
  const options = { DPoP, ...connection }
  const answer = await oauth.refreshTokenGrantRequest(provider, client, authentication, tokens.refresh_token, options)
  return oauth.processRefreshTokenResponse(provider, client, answer)
})
assert.equal(after.token_type, 'dpop')
assert.ok(await withNonce(userInfo(after.access_token, { DPoP })))
