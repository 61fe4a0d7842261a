// Mutual TLS: a certificate proves who the application is, and its tokens are of use to nobody without it.
import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import { fetchUserInfo, refreshTokenGrant, tokenIntrospection } from 'openid-client'
import { thumbprint } from '../application.mjs'
import { configureShowing, signIn, unauthenticated } from './shop.mjs'

const config = await configureShowing()
assert.equal(config.serverMetadata().tls_client_certificate_bound_access_tokens, true)

const tokens = await signIn(config)
const bound = { 'x5t#S256': thumbprint() }
assert.deepEqual(decodeJwt(tokens.access_token).cnf, bound)
assert.deepEqual((await tokenIntrospection(config, tokens.access_token)).cnf, bound)

const { sub } = tokens.claims()
assert.ok(await fetchUserInfo(config, tokens.access_token, sub))
const after = await refreshTokenGrant(config, tokens.refresh_token)
assert.deepEqual(decodeJwt(after.access_token).cnf, bound)

// Whoever has stolen the tokens, and shows no certificate, has nothing.
const thief = await configureShowing({})
await assert.rejects(fetchUserInfo(thief, after.access_token, sub), ({ cause: [challenge] }) => {
  return challenge.parameters.error === 'invalid_token'
})
await assert.rejects(refreshTokenGrant(thief, after.refresh_token), unauthenticated)
assert.ok(await fetchUserInfo(config, after.access_token, sub))
