// The client credentials grant: a token for the application, about nobody.
import assert from 'node:assert/strict'
import { clientCredentialsGrant, tokenIntrospection } from 'openid-client'
import { registered } from '../application.mjs'
import { configure } from './shop.mjs'

const config = await configure()
const tokens = await clientCredentialsGrant(config, { scope: 'stock:read' })

assert.equal(tokens.refresh_token, undefined)
const about = await tokenIntrospection(config, tokens.access_token)
assert.equal(about.sub, registered.client_id)
assert.equal(about.scope, 'stock:read')
