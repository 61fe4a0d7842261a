// What FAPI 2.0 Message Signing adds: request and response are signed.
import assert from 'node:assert/strict'
import {
  buildAuthorizationUrlWithJAR, buildAuthorizationUrlWithPAR, getDPoPHandle, randomDPoPKeyPair, useJwtResponseMode,
} from 'openid-client'
import { privateJwk, registered } from '../application.mjs'
import { configure, signIn, signingKey } from './shop.mjs'

const config = await configure(registered, useJwtResponseMode)
const DPoP = getDPoPHandle(config, await randomDPoPKeyPair(privateJwk.alg))
const pushed = async (config, parameters) => {
  const { searchParams } = await buildAuthorizationUrlWithJAR(config, parameters, await signingKey())
  return buildAuthorizationUrlWithPAR(config, searchParams, { DPoP })
}
const tokens = await signIn(config, {}, pushed, { DPoP })

assert.equal(tokens.token_type, 'dpop')
assert.ok(tokens.claims().sub)
