// A device shows a code, and waits until Alice has entered it somewhere else.
import assert from 'node:assert/strict'
import { fetchUserInfo, initiateDeviceAuthorization, pollDeviceAuthorizationGrant } from 'openid-client'
import { connect } from '../application.mjs'
import { configure } from './shop.mjs'

const config = await configure()
const device = await initiateDeviceAuthorization(config, { scope: 'openid email offline_access' })
assert.ok(device.verification_uri_complete.endsWith(device.user_code))
await connect(device.verification_uri, device.user_code)
const tokens = await pollDeviceAuthorizationGrant(config, device)

assert.ok(tokens.refresh_token)
const about = await fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
assert.equal(about.email, 'alice@example.com')
