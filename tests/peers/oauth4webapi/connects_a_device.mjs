// A device shows a code, and has nothing until Alice has entered it somewhere else.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { connect } from '../application.mjs'
import { authentication, client, connection, provider } from './shop.mjs'

async function begin() {
  const answer = await oauth.deviceAuthorizationRequest(provider, client, authentication, { scope: 'openid' }, connection)
  return oauth.processDeviceAuthorizationResponse(provider, client, answer)
}

async function poll({ device_code }) {
  const answer = await oauth.deviceCodeGrantRequest(provider, client, authentication, device_code, connection)
  return oauth.processDeviceCodeResponse(provider, client, answer)
}

const waits = await begin()
await assert.rejects(poll(waits), { error: 'authorization_pending' })
await assert.rejects(poll(waits), { error: 'slow_down' })

const connected = await begin()
await connect(connected.verification_uri, connected.user_code)
const tokens = await poll(connected)
assert.ok(oauth.getValidatedIdTokenClaims(tokens).sub)
