// What FAPI 2.0 demands of a client, in one flow: a pushed request with PKCE, a key that it authenticates with, and
// another that its tokens are bound to.
import assert from 'node:assert/strict'
import { buildAuthorizationUrlWithPAR, fetchUserInfo, getDPoPHandle, randomDPoPKeyPair, refreshTokenGrant } from 'openid-client'
import { privateJwk } from '../application.mjs'
import { configure, signIn } from './shop.mjs'

const config = await configure()
const DPoP = getDPoPHandle(config, await randomDPoPKeyPair(privateJwk.alg))
const pushed = (config, parameters) => buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
const tokens = await signIn(config, {}, pushed, { DPoP })

assert.equal(tokens.token_type, 'dpop')
const { sub } = tokens.claims()
assert.ok(await fetchUserInfo(config, tokens.access_token, sub, { DPoP }))
const after = await refreshTokenGrant(config, tokens.refresh_token, {}, { DPoP })
assert.equal(after.token_type, 'dpop')

// Without a proof nothing comes of it.
await assert.rejects(refreshTokenGrant(config, after.refresh_token), { error: 'invalid_dpop_proof' })
