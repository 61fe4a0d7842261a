// An access token is alive until it is revoked.
import assert from 'node:assert/strict'
import { tokenIntrospection, tokenRevocation } from 'openid-client'
import { configure, signIn } from './shop.mjs'

const config = await configure()
const tokens = await signIn(config)

const alive = await tokenIntrospection(config, tokens.access_token)
assert.equal(alive.active, true)
assert.equal(alive.sub, tokens.claims().sub)

await tokenRevocation(config, tokens.access_token)
const dead = await tokenIntrospection(config, tokens.access_token)
assert.equal(dead.active, false)
