// An API takes a token that is bound to a key from whoever proves to hold that key, and from nobody else.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { api } from '../application.mjs'
import { client, connection, provider, signIn } from './shop.mjs'

const handle = async () => oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
const [ours, another] = [await handle(), await handle()]
const { access_token } = await signIn({ scope: 'openid orders:read', resource: api }, { DPoP: ours })

// The request that reaches the API, which asks the library whether to take it.
const sent = async (DPoP) => {
  let taken
  await oauth.protectedResourceRequest(access_token, 'GET', new URL(`${api}/orders`), undefined, null, {
    DPoP,
    [oauth.customFetch]: async (url, init) => {
      const options = { requireDPoP: true, ...connection }
      taken = oauth.validateJwtAccessToken(provider, new Request(url, init), api, options)
      await taken.catch(() => {})
      return new Response()
    },
  })
  return taken
}
assert.ok((await sent(ours)).cnf.jkt)
await assert.rejects(sent(another), { code: oauth.JWT_CLAIM_COMPARISON })
