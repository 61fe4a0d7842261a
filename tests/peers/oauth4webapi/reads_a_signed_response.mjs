// The response arrives as a JWT that Doorward signs (JARM).
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { signIn } from './shop.mjs'

const signed = { validate: oauth.validateJwtAuthResponse }
const { claims } = await signIn({ response_mode: 'jwt' }, signed)

assert.ok(claims.sub)
await assert.rejects(signIn({ response_mode: 'jwt', prompt: 'none', max_age: '0' }, signed), { error: 'login_required' })
