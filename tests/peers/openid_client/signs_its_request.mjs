// The request is a JWT that the application signs (JAR), and the browser carries it.
import assert from 'node:assert/strict'
import { buildAuthorizationUrlWithJAR } from 'openid-client'
import { configure, signIn, signingKey } from './shop.mjs'

const signed = async (config, parameters) => {
  const url = await buildAuthorizationUrlWithJAR(config, parameters, await signingKey())
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request'])
  return url
}
const config = await configure()
const tokens = await signIn(config, {}, signed)

assert.ok(tokens.claims().sub)
