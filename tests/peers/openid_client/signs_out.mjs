// The application signs Alice out, and she is back at it, signed in nowhere.
import assert from 'node:assert/strict'
import { buildEndSessionUrl } from 'openid-client'
import { open, registered } from '../application.mjs'
import { configure, signIn } from './shop.mjs'

const config = await configure()
const { id_token } = await signIn(config)
const [home] = registered.post_logout_redirect_uris
const leaving = { id_token_hint: id_token, post_logout_redirect_uri: home, state: 'of-the-shop' }
const { url } = await open(buildEndSessionUrl(config, leaving))

assert.equal(url, `${home}?state=of-the-shop`)
await assert.rejects(signIn(config, { prompt: 'none' }), { error: 'login_required' })
