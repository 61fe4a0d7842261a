// The response arrives as a JWT that Doorward signs (JARM); the library takes no other one.
import assert from 'node:assert/strict'
import { useJwtResponseMode } from 'openid-client'
import { configure, signIn } from './shop.mjs'
import { registered } from '../application.mjs'

const config = await configure(registered, useJwtResponseMode)
const tokens = await signIn(config)
assert.ok(tokens.claims().sub)

// An error is signed as well.
await assert.rejects(signIn(config, { prompt: 'none', max_age: '0' }), { error: 'login_required' })
