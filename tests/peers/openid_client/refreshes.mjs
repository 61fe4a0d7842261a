// A refresh token is exchanged for its successor, and the new ID Token speaks of the same sign-in.
import assert from 'node:assert/strict'
import { refreshTokenGrant } from 'openid-client'
import { configure, signIn } from './shop.mjs'

const config = await configure()
const before = await signIn(config, { max_age: '3600' })
const after = await refreshTokenGrant(config, before.refresh_token)

assert.notEqual(after.refresh_token, before.refresh_token)
assert.equal(after.claims().sub, before.claims().sub)
assert.equal(after.claims().auth_time, before.claims().auth_time)
