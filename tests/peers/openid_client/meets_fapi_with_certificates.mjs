// What FAPI 2.0 demands of a client, by certificates: a pushed request with PKCE, and one certificate that it authenticates
// with and that its tokens are bound to.
import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import { buildAuthorizationUrl, buildAuthorizationUrlWithPAR, fetchUserInfo, refreshTokenGrant } from 'openid-client'
import { thumbprint } from '../application.mjs'
import { configureShowing, signIn, unauthenticated } from './shop.mjs'

const config = await configureShowing()
const tokens = await signIn(config, {}, buildAuthorizationUrlWithPAR)
assert.equal(decodeJwt(tokens.access_token).cnf['x5t#S256'], thumbprint())
assert.ok(await fetchUserInfo(config, tokens.access_token, tokens.claims().sub))
const after = await refreshTokenGrant(config, tokens.refresh_token)
assert.equal(decodeJwt(after.access_token).cnf['x5t#S256'], thumbprint())

// A request that was not pushed leads nowhere, and whoever shows no certificate pushes none.
await assert.rejects(signIn(config, {}, buildAuthorizationUrl), { error: 'invalid_request' })
await assert.rejects(signIn(await configureShowing({}), {}, buildAuthorizationUrlWithPAR), unauthenticated)
