// Tokens are bound to a key that the application makes, and proves to hold with every request (DPoP). The library
// sends a request again when it must have a nonce.
import assert from 'node:assert/strict'
import { buildAuthorizationUrl, fetchUserInfo, getDPoPHandle, randomDPoPKeyPair, refreshTokenGrant } from 'openid-client'
import { configure, signIn } from './shop.mjs'

const config = await configure()
const DPoP = getDPoPHandle(config, await randomDPoPKeyPair())
const tokens = await signIn(config, {}, buildAuthorizationUrl, { DPoP })

assert.equal(tokens.token_type, 'dpop')
const { sub } = tokens.claims()
const about = await fetchUserInfo(config, tokens.access_token, sub, { DPoP })
assert.equal(about.email, 'alice@example.com')
await assert.rejects(fetchUserInfo(config, tokens.access_token, sub), { status: 401 })

const after = await refreshTokenGrant(config, tokens.refresh_token, {}, { DPoP })
assert.equal(after.token_type, 'dpop')
assert.ok(await fetchUserInfo(config, after.access_token, sub, { DPoP }))

const another = getDPoPHandle(config, await randomDPoPKeyPair())
await assert.rejects(fetchUserInfo(config, after.access_token, sub, { DPoP: another }), { status: 401 })
