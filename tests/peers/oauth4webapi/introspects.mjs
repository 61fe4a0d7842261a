// An access token is alive until it is revoked; plain and signed answers say the same.
import assert from 'node:assert/strict'
import { introspect, revoke, signIn } from './shop.mjs'

const { access_token, claims } = await signIn()

const plain = await introspect(access_token)
const signed = await introspect(access_token, true)
assert.equal(plain.sub, claims.sub)
assert.deepEqual(signed, plain)

await revoke(access_token)
assert.equal((await introspect(access_token)).active, false)
