// The code flow with PKCE; the library verifies the ID Token, its signature and the `iss` of the response.
import assert from 'node:assert/strict'
import { fetchUserInfo } from 'openid-client'
import { registered } from '../application.mjs'
import { configure, signIn } from './shop.mjs'

const config = await configure()
const tokens = await signIn(config)

const { sub, aud } = tokens.claims()
assert.equal(aud, registered.client_id)
assert.equal(tokens.token_type, 'bearer')
const about = await fetchUserInfo(config, tokens.access_token, sub)
assert.equal(about.email, 'alice@example.com')
