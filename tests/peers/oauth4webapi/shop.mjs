// The application `shop` on oauth4webapi, which has a function for each request and one for each response.
import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { issuer, open, privateJwk, redirectUri, registered } from '../application.mjs'

// Doorward serves HTTP at the loopback address here.
export const insecure = { [oauth.allowInsecureRequests]: true }

export const client = registered

export const provider = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure }),
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
  const response = await validate(provider, client, new URL(url), state, insecure)
  return withNonce(() => redeem(response, verifier, nonce, DPoP))
}

export function authorizationUrl(parameters) {
  const url = new URL(provider.authorization_endpoint)
  url.search = parameters
  return url
}

async function redeem(response, verifier, nonce, DPoP) {
  const answer = await oauth.authorizationCodeGrantRequest(
    provider, client, authentication, response, redirectUri, verifier, { DPoP, ...insecure })
  const checks = { expectedNonce: nonce, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(provider, client, answer, checks)
  await oauth.validateApplicationLevelSignature(provider, answer, insecure)
  return { ...tokens, claims: oauth.getValidatedIdTokenClaims(tokens) }
}

// Pushes a request, and makes the link with its name alone.
export async function push(parameters, DPoP) {
  const { request_uri } = await withNonce(async () => {
    const options = { DPoP, ...insecure }
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
  const answer = await oauth.introspectionRequest(provider, client, authentication, token, { requestJwtResponse, ...insecure })
  const about = await oauth.processIntrospectionResponse(provider, client, answer)
  if (requestJwtResponse) await oauth.validateApplicationLevelSignature(provider, answer, insecure)
  return about
}

// Gives a token back.
export async function revoke(token) {
  const answer = await oauth.revocationRequest(provider, client, authentication, token, insecure)
  await oauth.processRevocationResponse(answer)
}
