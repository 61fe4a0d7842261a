// ID Token, UserInfo, response (JARM) and introspection are signed, and then encrypted with a key of the application's.
import assert from 'node:assert/strict'
import { enableDecryptingResponses, fetchUserInfo, tokenIntrospection, useJwtResponseMode } from 'openid-client'
import { importJWK } from 'jose'
import { openingJwk, registered } from '../application.mjs'
import { configure, signIn } from './shop.mjs'

const metadata = { ...registered, userinfo_signed_response_alg: 'RS256', introspection_signed_response_alg: 'RS256' }
const config = await configure(metadata, useJwtResponseMode)
const { kid, alg } = openingJwk
const key = { key: await importJWK(openingJwk), kid, alg }
const encodings = ['A256GCM', 'A128CBC-HS256', 'A128GCM', 'A256CBC-HS512']
for (const encoding of encodings) {
  assert.ok(config.serverMetadata().id_token_encryption_enc_values_supported.includes(encoding))
}
enableDecryptingResponses(config, encodings, key)

const tokens = await signIn(config)
assert.equal(tokens.id_token.split('.').length, 5)
const { sub } = tokens.claims()
const about = await fetchUserInfo(config, tokens.access_token, sub)
assert.equal(about.email, 'alice@example.com')
const told = await tokenIntrospection(config, tokens.access_token)
assert.equal(told.active, true)
assert.equal(told.sub, sub)
