// The code flow with PKCE, with every check that the library has.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { client, connection, provider, signIn } from './shop.mjs'

const { access_token, claims } = await signIn()

const answer = await oauth.userInfoRequest(provider, client, access_token, connection)
const about = await oauth.processUserInfoResponse(provider, client, claims.sub, answer)
if (client.userinfo_signed_response_alg) {
  await oauth.validateApplicationLevelSignature(provider, answer, connection)
}
assert.equal(about.email, 'alice@example.com')
