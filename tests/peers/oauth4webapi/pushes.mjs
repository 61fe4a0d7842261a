// The request is pushed, and the browser carries its name alone.
import assert from 'node:assert/strict'
import { push, signIn } from './shop.mjs'

const { claims } = await signIn({}, { address: (parameters) => push(parameters) })

assert.ok(claims.sub)
