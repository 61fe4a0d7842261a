// A refresh token that is given back cannot be used again.
import assert from 'node:assert/strict'
import { refreshTokenGrant, tokenRevocation } from 'openid-client'
import { configure, signIn } from './shop.mjs'

const config = await configure()
const { refresh_token } = await signIn(config)
await tokenRevocation(config, refresh_token, { token_type_hint: 'refresh_token' })

await assert.rejects(refreshTokenGrant(config, refresh_token), { error: 'invalid_grant' })
