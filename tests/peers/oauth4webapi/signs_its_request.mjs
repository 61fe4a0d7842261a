// The request is a JWT that the application signs (JAR), which the browser carries or the application pushes.
import assert from 'node:assert/strict'
import { authorizationUrl, push, sign, signIn } from './shop.mjs'

const carried = await signIn({}, { address: async (parameters) => authorizationUrl(await sign(parameters)) })
const pushed = await signIn({}, { address: async (parameters) => push(await sign(parameters)) })

assert.equal(carried.claims.sub, pushed.claims.sub)
