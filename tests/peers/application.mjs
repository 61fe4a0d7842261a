// What the owner of the application `shop` knows of it, and what only people, operators and listeners can do:
// a script asks the test that runs it, in a line of JSON, and reads the answer. See harness/conversation.rs.
import { X509Certificate, createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { env, stdin } from 'node:process'
import { createInterface } from 'node:readline'

export const issuer = new URL(env.ISSUER)

// The client metadata as Doorward answered it at the registration, with `client_secret` if there is one.
export const registered = JSON.parse(env.CLIENT)

// The private key whose public half is registered where assertions are signed.
export const privateJwk = JSON.parse(env.CLIENT_JWK)
export const openingJwk = JSON.parse(env.CLIENT_OPENING_JWK)

export const [redirectUri] = registered.redirect_uris

// An API that takes access tokens, whose scope is `orders:read`.
export const api = env.API

// Whom connections trust and what they show, where Doorward speaks TLS.
export const tls = env.AUTHORITY && {
  ca: readFileSync(env.AUTHORITY),
  cert: readFileSync(env.CLIENT_CERTIFICATE),
  key: readFileSync(env.CLIENT_CERTIFICATE_KEY),
}

// How tokens name the certificate that they are bound to.
export const thumbprint = () => createHash('sha256').update(new X509Certificate(tls.cert).raw).digest('base64url')

// One payment, as the API lets applications ask for it.
export const payment = { type: 'payment_initiation', amount: '12.50', creditor: 'Books & Co' }

// Alice's browser opens this address, and she signs in and allows what she is asked for. Answers where the browser is
// sent then, and the form that it posts there, if any.
export const open = (url) => ask({ ask: 'open', url: url.href })

// Alice enters the code that a device shows, at the address that it shows, and allows what it asks for.
export const connect = (url, userCode) => ask({ ask: 'connect', url, user_code: userCode })

// An operator makes a token with which one application may register itself.
export const initialAccessToken = async () => (await ask({ ask: 'initial_access_token' })).token

// An operator ends Alice's sessions.
export const endSessions = () => ask({ ask: 'end_sessions' })

// The next Logout Token that arrives at the application's address for back-channel logout.
export const loggedOut = async () => (await ask({ ask: 'told' })).logout_token

const answers = createInterface({ input: stdin })[Symbol.asyncIterator]()

// A script ends when it has nothing to do any more, although its input stays open.
stdin.unref()

async function ask(question) {
  stdin.ref()
  console.log(JSON.stringify(question))
  const { value: answer } = await answers.next()
  stdin.unref()
  return JSON.parse(answer)
}
