// The application `shop` on oauth4webapi, which has a function for each request and one for each response.
import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { Agent, fetch } from 'undici'
import { issuer, open, privateJwk, redirectUri, registered, tls } from '../application.mjs'

// Doorward serves HTTP at the loopback address here, unless the application shows a certificate.
export const connection = tls ? showing(tls) : { [oauth.allowInsecureRequests]: true }

// What shows this certificate, or none, to whoever asks for one.
export function showing({ cert, key }) {
  const dispatcher = new Agent({ connect: { ca: tls.ca, cert, key } })
  return { [oauth.customFetch]: (url, options) => fetch(url, { ...options, dispatcher }) }
}

export const client = { ...registered, use_mtls_endpoint_aliases: Boolean(tls) }

export const provider = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...connection }),
)

// The application's private key, as the library takes it.
export const signingKey = async () => ({ key: await importJWK(privateJwk), kid: privateJwk.kid })

export const authentication = await authenticate()

async function authenticate() {
  switch (client.token_endpoint_auth_method) {
    case 'client_secret_basic':
      return oauth.ClientSecretBasic(client.client_secret)
    case 'client_secret_post':
      return oauth.ClientSecretPost(client.client_secret)
    case 'client_secret_jwt':
      return oauth.ClientSecretJwt(client.client_secret)
    case 'private_key_jwt':
      return oauth.PrivateKeyJwt(await signingKey())
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return oauth.TlsClientAuth()
    default:
      return oauth.None()
  }
}

// Sends Alice's browser away and redeems the code that it comes back with. `address` makes the link that it opens,
// `validate` reads the response, and `DPoP` is the key that the tokens are bound to.
export async function signIn(more = {}, { address = authorizationUrl, validate = oauth.validateAuthResponse, DPoP } = {}) {
  const [verifier, nonce, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomNonce(), oauth.generateRandomState()]
  const parameters = new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid email offline_access',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
    ...more,
  })
  const { url } = await open(await address(parameters))
  const response = await validate(provider, client, new URL(url), state, connection)
  return withNonce(() => redeem(response, verifier, nonce, DPoP))
}

export function authorizationUrl(parameters) {
  const url = new URL(provider.authorization_endpoint)
  url.search = parameters
  return url
}

async function redeem(response, verifier, nonce, DPoP) {
  const answer = await oauth.authorizationCodeGrantRequest(
    provider, client, authentication, response, redirectUri, verifier, { DPoP, ...connection })
  const checks = { expectedNonce: nonce, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(provider, client, answer, checks)
  await oauth.validateApplicationLevelSignature(provider, answer, connection)
  return { ...tokens, claims: oauth.getValidatedIdTokenClaims(tokens) }
}

// Pushes a request, and makes the link with its name alone.
export async function push(parameters, DPoP) {
  const { request_uri } = await withNonce(async () => {
    const options = { DPoP, ...connection }
    const answer = await oauth.pushedAuthorizationRequest(provider, client, authentication, parameters, options)
    return oauth.processPushedAuthorizationResponse(provider, client, answer)
  })
  return authorizationUrl(new URLSearchParams({ client_id: client.client_id, request_uri }))
}

// The request as a JWT that the application signs.
export async function sign(parameters) {
  const request = await oauth.issueRequestObject(provider, client, parameters, await signingKey())
  return new URLSearchParams({ client_id: client.client_id, request })
}

// Makes a request once more when it must have a nonce, which the library has remembered then.
export async function withNonce(request) {
  try {
    return await request()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return request()
  }
}

// What the introspection endpoint says of a token.
export async function introspect(token, requestJwtResponse = false) {
  const answer = await oauth.introspectionRequest(provider, client, authentication, token, { requestJwtResponse, ...connection })
  const about = await oauth.processIntrospectionResponse(provider, client, answer)
  if (requestJwtResponse) await oauth.validateApplicationLevelSignature(provider, answer, connection)
  return about
}

// Gives a token back.
export async function revoke(token) {
  const answer = await oauth.revocationRequest(provider, client, authentication, token, connection)
  await oauth.processRevocationResponse(answer)
}
