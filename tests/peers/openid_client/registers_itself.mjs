// An application registers itself with a token that an operator gave it, and works.
import assert from 'node:assert/strict'
import { dynamicClientRegistration, fetchUserInfo } from 'openid-client'
import { initialAccessToken, issuer, redirectUri } from '../application.mjs'
import { execute, signIn } from './shop.mjs'

const metadata = {
  client_name: 'Books',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'client_secret_post',
  id_token_signed_response_alg: 'ES256',
}
const register = (token) =>
  dynamicClientRegistration(issuer, metadata, undefined, { initialAccessToken: token, execute })
const token = await initialAccessToken()
const config = await register(token)
const tokens = await signIn(config)

assert.equal(tokens.claims().aud, config.clientMetadata().client_id)
const about = await fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
assert.equal(about.email, 'alice@example.com')
await assert.rejects(register(token), { status: 401 })
