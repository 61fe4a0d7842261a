// The answer about a token is signed, and the library verifies its signature.
import assert from 'node:assert/strict'
import { tokenIntrospection } from 'openid-client'
import { registered } from '../application.mjs'
import { configure, signIn } from './shop.mjs'

const config = await configure({ ...registered, introspection_signed_response_alg: 'RS256' })
const { access_token } = await signIn(config)

const about = await tokenIntrospection(config, access_token)
assert.equal(about.active, true)
