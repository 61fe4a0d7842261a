// The request is pushed, and the browser carries its name alone.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { authentication, client, insecure, provider, signIn } from './shop.mjs'

async function push(parameters) {
  const answer = await oauth.pushedAuthorizationRequest(provider, client, authentication, parameters, insecure)
  const { request_uri } = await oauth.processPushedAuthorizationResponse(provider, client, answer)
  const url = new URL(provider.authorization_endpoint)
  url.search = new URLSearchParams({ client_id: client.client_id, request_uri })
  return url
}

const { claims } = await signIn({}, push)

assert.ok(claims.sub)
