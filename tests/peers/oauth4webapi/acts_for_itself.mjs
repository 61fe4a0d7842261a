// The client credentials grant: a token for the application, about nobody.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { authentication, client, connection, introspect, provider } from './shop.mjs'

const parameters = { scope: 'stock:read' }
const answer = await oauth.clientCredentialsGrantRequest(provider, client, authentication, parameters, connection)
const { access_token } = await oauth.processClientCredentialsResponse(provider, client, answer)

const about = await introspect(access_token)
assert.equal(about.sub, client.client_id)
assert.equal(about.scope, 'stock:read')
