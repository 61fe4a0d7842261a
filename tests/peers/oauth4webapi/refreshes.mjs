// A refresh token is exchanged for its successor, and does nothing after it is revoked.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { authentication, client, connection, provider, revoke, signIn } from './shop.mjs'

async function refresh(token) {
  const answer = await oauth.refreshTokenGrantRequest(provider, client, authentication, token, connection)
  return oauth.processRefreshTokenResponse(provider, client, answer)
}

const before = await signIn()
const after = await refresh(before.refresh_token)
assert.notEqual(after.refresh_token, before.refresh_token)
assert.equal(oauth.getValidatedIdTokenClaims(after).sub, before.claims.sub)

await revoke(after.refresh_token)
await assert.rejects(refresh(after.refresh_token), { error: 'invalid_grant' })
