// The response arrives in a form that the browser posts.
import assert from 'node:assert/strict'
import { configure, signIn } from './shop.mjs'

const tokens = await signIn(await configure(), { response_mode: 'form_post' })

assert.ok(tokens.claims().sub)
