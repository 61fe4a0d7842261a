// The request is pushed, and the browser carries its name alone.
import assert from 'node:assert/strict'
import { buildAuthorizationUrlWithPAR } from 'openid-client'
import { configure, signIn } from './shop.mjs'

const pushed = async (config, parameters) => {
  const url = await buildAuthorizationUrlWithPAR(config, parameters)
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri'])
  return url
}
const tokens = await signIn(await configure(), {}, pushed)

assert.ok(tokens.claims().sub)
