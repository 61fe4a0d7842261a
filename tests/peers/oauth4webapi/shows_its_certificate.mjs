// Mutual TLS: a certificate proves who the application is, and its tokens are of use to nobody without it.
import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { thumbprint } from '../application.mjs'
import { authentication, client, connection, introspect, provider, showing, signIn } from './shop.mjs'

const tokens = await signIn()
const bound = { 'x5t#S256': thumbprint() }
assert.deepEqual(decodeJwt(tokens.access_token).cnf, bound)
assert.deepEqual((await introspect(tokens.access_token)).cnf, bound)
assert.equal((await userInfo(connection)).email, 'alice@example.com')
assert.deepEqual(decodeJwt((await refresh(connection)).access_token).cnf, bound)

// Whoever has stolen the tokens, and shows no certificate, has nothing.
const thief = showing({})
await assert.rejects(userInfo(thief), ({ cause: [challenge] }) => challenge.parameters.error === 'invalid_token')
await assert.rejects(refresh(thief), ({ status, cause }) => status === 401 && cause.length > 0)

async function userInfo(connection) {
  const answer = await oauth.userInfoRequest(provider, client, tokens.access_token, connection)
  return oauth.processUserInfoResponse(provider, client, tokens.claims.sub, answer)
}

async function refresh(connection) {
  const answer = await oauth.refreshTokenGrantRequest(provider, client, authentication, tokens.refresh_token, connection)
  return oauth.processRefreshTokenResponse(provider, client, answer)
}
