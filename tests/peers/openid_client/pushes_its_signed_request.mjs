// The request is a JWT that the application signs, and pushes.
import assert from 'node:assert/strict'
import { buildAuthorizationUrlWithJAR, buildAuthorizationUrlWithPAR } from 'openid-client'
import { configure, signIn, signingKey } from './shop.mjs'

const pushed = async (config, parameters) => {
  const { searchParams } = await buildAuthorizationUrlWithJAR(config, parameters, await signingKey())
  return buildAuthorizationUrlWithPAR(config, searchParams)
}
const tokens = await signIn(await configure(), {}, pushed)

assert.ok(tokens.claims().sub)
