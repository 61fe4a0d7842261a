// The application `shop` on openid-client: configured by discovery, as its documentation shows.
import * as client from 'openid-client'
import { importJWK } from 'jose'
import { Agent, fetch } from 'undici'
import { issuer, open, privateJwk, redirectUri, registered, tls } from '../application.mjs'

// What every configuration here does: Doorward serves HTTP at the loopback address, unless certificates are shown.
export const execute = [...(tls ? [] : [client.allowInsecureRequests]), client.enableNonRepudiationChecks]

export async function configure(metadata = registered, ...more) {
  return client.discovery(issuer, registered.client_id, metadata, await authentication(), {
    execute: [...execute, ...more],
  })
}

// The same for an application that shows a certificate, or none, to whoever asks for one.
export async function configureShowing({ cert, key } = tls) {
  const metadata = { ...registered, use_mtls_endpoint_aliases: true }
  const dispatcher = new Agent({ connect: { ca: tls.ca, cert, key } })
  return client.discovery(issuer, registered.client_id, metadata, await authentication(), {
    execute,
    [client.customFetch]: (url, options) => fetch(url, { ...options, dispatcher }),
  })
}

// How the library tells that Doorward does not know who is asking.
export const unauthenticated = { code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE', status: 401 }

// The application's private key, as the library takes it.
export const signingKey = async () => ({ key: await importJWK(privateJwk), kid: privateJwk.kid })

async function authentication() {
  switch (registered.token_endpoint_auth_method) {
    case 'client_secret_basic':
      return client.ClientSecretBasic(registered.client_secret)
    case 'client_secret_post':
      return client.ClientSecretPost(registered.client_secret)
    case 'client_secret_jwt':
      return client.ClientSecretJwt(registered.client_secret)
    case 'private_key_jwt':
      return client.PrivateKeyJwt(await signingKey())
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return client.TlsClientAuth()
    default:
      return client.None()
  }
}

// Sends Alice's browser away and exchanges the code that it comes back with; `address` makes the link that it opens,
// and `options` are those of the exchange.
export async function signIn(config, parameters = {}, address = client.buildAuthorizationUrl, options = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const url = await address(config, {
    redirect_uri: redirectUri,
    scope: 'openid email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...parameters,
  })
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  return client.authorizationCodeGrant(config, cameBack(await open(url)), checks, {}, options)
}

// What the application's server receives: a link that was opened, or a form that was posted.
function cameBack({ url, form }) {
  if (!form) return new URL(url)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return new Request(url, { method: 'POST', body: form, headers })
}
