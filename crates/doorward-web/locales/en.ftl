# The texts of the pages in English.

## Sign in

sign-in-title = Sign in
sign-in-to = Sign in to continue to { $client }
sign-in-lead = One sign-in for all your applications.
sign-in-confirm = Confirm that it is you
sign-in-confirm-lead = What comes next hands out a secret, and you signed in a while ago.
sign-in-username = User name
sign-in-password = Password
sign-in-reveal = Show password
sign-in-submit = Sign in
sign-in-cancel = Cancel
sign-in-continue-as = Continue as { $name }
sign-in-another = or use another account
sign-in-wrong-credentials = The user name or the password is not right. Please check both and try again.
sign-in-too-many-attempts =
    { $minutes ->
        [one] There were too many attempts to sign in. Please wait one minute, then try again.
       *[other] There were too many attempts to sign in. Please wait { $minutes } minutes, then try again.
    }
sign-in-expired = This page was open for too long. Please sign in again.

## The application that someone signs in to

client-website = Website
client-policy = Privacy policy
client-terms = Terms of service
client-described = Nobody here has reviewed this application. All that is known of it comes from { $host }.
opens-in-new-tab = (opens in a new tab)

## Consent

consent-title = Allow access
consent-heading = Allow { $client } to use your account?
consent-lead = If you allow it, { $client } may:
consent-allow = Allow
consent-deny = Deny
consent-return = Either way you go back to { $host }.
consent-remembered = If you allow it, we remember that and ask again when the application wants more.
consent-part-remembered = If you allow it, we remember that, except for what is for this time only, and ask again when the application wants more.
consent-not-remembered = If you allow it, that is for this time only: we ask again next time.
scope-openid = Recognise you
scope-openid-detail = By an identifier that stays the same each time you sign in.
scope-profile = See your profile
scope-profile-detail = Your name, user name, picture, language and similar details.
scope-email = See your e-mail address
scope-email-detail = And whether it has been confirmed.
scope-address = See your postal address
scope-address-detail = Street, town, postal code and country.
scope-phone = See your telephone number
scope-phone-detail = And whether it has been confirmed.
scope-groups = See the groups you belong to
scope-groups-detail = They often decide what you may do in an application.
scope-offline-access = Stay connected while you are away
scope-offline-access-detail = It keeps this access after you leave, until the access is withdrawn.
scope-resource = { $allows }
scope-resource-detail = Only at { $server }.
scope-silent = Use { $server } in your name
scope-silent-detail = It does not say what for. What it may do there is up to { $server }.
detail-at = At { $server }
detail-once = At { $server }, for this time only
detail-yes = Yes
detail-no = No
scope-custom = Use the permission { $scope }
scope-custom-detail = Your administrator can tell you what it covers.

## A device without a browser

device-title = Connect a device
device-code = Code
device-code-hint = Enter the code that the device shows. Capital or small letters and the dash do not matter.
device-code-compare = Does the device in front of you show this code? Continue only if it does.
device-continue = Continue
device-wrong-code = This code does not work. Check it on the device; if it is right, it may be too old, and the device can show a new one.
device-too-many-attempts = There were too many attempts. Please wait a few minutes, then try again.
device-confirm-title = Connect a device
device-confirm-heading = Connect { $client } to your account?
device-confirm-compare = The device must show this code:
device-confirm-caution = Allow it only if you have just started this yourself and the device is in front of you. If somebody else sent you the code or the link, deny it: they would get into your account.
device-confirm-lead = If you allow it, { $client } may:
device-allow = Allow
device-deny = Deny
device-allowed-title = The device is connected
device-allowed-advice = { $client } goes on by itself in a few seconds. You can close this page.
device-denied-title = The device is not connected
device-denied-advice = { $client } got nothing. You can close this page. If somebody else sent you the code, tell your administrator.
device-over-title = This code no longer works
device-over-advice = It took too long, or the code has been answered already. Start again on the device with { $client } and enter the new code.
device-another-code = Enter another code

## Signed in

signed-in-title = You are signed in
signed-in-applications = Your applications
signed-in-nowhere = No application has asked who you are yet. Each one that you sign in to appears here.
signed-in-sign-out = Sign out
signed-in-sessions = Where you are signed in
signed-in-api-tokens = Your API tokens

## Sessions

sessions-title = Where you are signed in
sessions-here = This browser
sessions-elsewhere = Another browser
sessions-browser-on = { $browser } on { $system }
sessions-some-browser-on = A browser on { $system }
sessions-further-live =
    { $count ->
        [one] One more is not shown. It appears when you sign out in another browser above.
       *[other] { $count } more are not shown. They appear when you sign out in other browsers above.
    }
sessions-further-ended =
    { $count ->
        [one] An earlier one is not shown.
       *[other] { $count } earlier ones are not shown.
    }
sessions-began = Signed in
sessions-seen = Last used
sessions-end = Sign out there
sessions-ended = Signed out in the last 30 days
sessions-none-ended = You have not signed out anywhere.
sessions-over = Signed out
sessions-nobody-told = No application had asked to be told.
sessions-delivered = Was told
sessions-waiting = Does not answer yet. We try again
sessions-refused = Did not understand that you signed out. You may still be signed in there. Told
sessions-abandoned = Never answered. You may still be signed in there. Given up

## API tokens

api-tokens-title = API tokens
api-tokens-lead = A token lets a program of yours use an API in your name, without your password.
api-tokens-make = Make a token
api-tokens-own = Your tokens
api-tokens-none = There are none.
api-tokens-older = Older tokens
api-tokens-newest = Newest tokens
api-tokens-answered-for = Tokens of programs and projects
api-tokens-answered-for-lead = You answer for these, by yourself or with a group.
api-tokens-expiring =
    { $count ->
        [one] One API token expires within 7 days. Rotate it if it is still needed.
       *[other] { $count } API tokens expire within 7 days. Rotate those that are still needed.
    }

## One API token

api-token-title = API token
api-token-back = To your API tokens
api-token-cancel = Cancel
api-token-shown-once = Its secret was shown when it was made and cannot be shown again. If you lost it, rotate the token.
api-token-of-account = Acts for the program { $name }
api-token-of-project = Identifies the project { $name }

## Whether it works

api-token-works = Works
api-token-expires-soon = Expires soon
api-token-suspended = Suspended
api-token-revoked = Revoked
api-token-expired = Expired
api-token-restored = Waits to be resumed
api-token-disabled = Disabled
api-token-nothing-left = May do nothing
api-token-by-you = You stopped it yourself.
api-token-by-somebody-else = Somebody else who answers for it stopped it.
api-token-by-operator = An operator stopped it. Ask them what to do now.
api-token-by-leak = Somebody found it where it does not belong, and handed it in.
api-token-by-signal = Its use stood out: { $words }
api-token-restored-why = Everything here was restored from a backup, and the token may have been revoked after that backup. It works again when you resume or rotate it.
api-token-disabled-why = Its program, or whoever answers for it, is disabled or gone.
api-token-nothing-left-why = All that it was made for is not allowed any more, or is gone.

## What it may, and until when

api-token-may = May
api-token-at = at { $server }
api-token-identifies = Say to { $server } whose a request is
api-token-no-longer = not any more
api-token-scope-read = See your API tokens
api-token-scope-manage = Make, rotate and revoke your API tokens
api-token-doorward = Doorward itself
api-token-from = Works from
api-token-everywhere = everywhere
api-token-at-most = At most
api-token-per-minute =
    { $count ->
        [one] one use a minute
       *[other] { $count } uses a minute
    }
api-token-per-day =
    { $count ->
        [one] one use a day
       *[other] { $count } uses a day
    }
api-token-expires = Expires
api-token-never = never
api-token-over = is over
api-token-in-days =
    { $count ->
        [one] in one day
       *[other] in { $count } days
    }
api-token-in-hours =
    { $count ->
        [one] in one hour
       *[other] in { $count } hours
    }
api-token-in-minutes =
    { $count ->
        [one] in one minute
       *[other] in { $count } minutes
    }
api-token-made = Made
api-token-rotated = Rotated
api-token-used = Last used
api-token-unused = never
api-token-used-with = with { $name }
api-token-used-from = from { $name }
api-token-used-at = at { $name }
api-token-graph =
    { $total ->
        [one] One use in the last 30 days
       *[other] { $total } uses in the last 30 days, { $most } on the busiest
    }

## Making a token

api-token-make-title = Make an API token
api-token-name = Name
api-token-name-hint = So that you know it again, such as “backup of the wiki”.
api-token-scopes = What it may do
api-token-scopes-hint = Choose as little as the program needs. It never may do more than you.
api-token-on-date = on the day below
api-token-date = Day
api-token-date-hint = The token works until that day is over in UTC.
api-token-date-most =
    { $count ->
        [one] At most one day from now.
       *[other] At most { $count } days from now.
    }
api-token-here = where I am now: { $network }
api-token-networks = These networks
api-token-networks-hint = One in each line, such as 192.0.2.0/24 or 2001:db8::/32. With none of both, the token works from everywhere.
api-token-quota = How often it may be used
api-token-quota-hint = Leave empty what is not to be limited.
api-token-uses-minute = Uses a minute
api-token-uses-day = Uses a day
api-token-make = Make the token
api-token-problems = The token was not made. Please correct what is marked.
api-token-problem-name = Give it a name: one line of up to 100 characters that can be seen.
api-token-problem-no-scope = Choose at least one thing that it may do.
api-token-problem-scope = { $scope } is not yours to give any more. Please choose again.
api-token-problem-date = Choose a day that is not over.
api-token-problem-too-long =
    { $count ->
        [one] A token lives at most one day here.
       *[other] A token lives at most { $count } days here.
    }
api-token-problem-network = Line { $line }: { $written } is no network. Write one such as 192.0.2.0/24 or 2001:db8::/32, or a single address.
api-token-problem-network-bits = Line { $line }: { $written } has more bits than its length says. Write { $network } for the network, or the address alone.
api-token-problem-network-all = Line { $line }: { $written } is every address of IPv4. Write 0.0.0.0/0 where you mean that.
api-token-problem-quota = Write a whole number from 1 on, or leave it empty.
api-token-problem-too-many =
    { $count ->
        [one] You have one token, and no more are allowed. Revoke it if nobody needs it.
       *[other] You have { $count } tokens, and no more are allowed. Revoke those that nobody needs.
    }

## The token, shown once

api-token-shown-title = Your token
api-token-once = Copy it now. It is shown this once and never again.
api-token-secret = The token
api-token-copy = Copy
api-token-copied = Copied
api-token-example = How to use it
api-token-example-hint = The first line asks for the token, so that it stays out of the shell’s history.
api-token-before-ended = The secret before works no more.
api-token-before-goes-on = The secret before works until

## Changing a token

api-token-rotate = Rotate
api-token-rotate-title = Rotate this token?
api-token-rotate-lead = You get another secret for it. All that it may do stays as it is.
api-token-overlap = The secret of today
api-token-overlap-none = ends at once
api-token-overlap-hours =
    { $count ->
        [one] works for one hour more
       *[other] works for { $count } hours more
    }
api-token-overlap-days =
    { $count ->
        [one] works for one day more
       *[other] works for { $count } days more
    }
api-token-suspend = Suspend
api-token-resume = Resume
api-token-resume-title = Resume this token?
api-token-resume-consequence = It works again at once, for whoever has it.
api-token-resume-leaked = It works again at once, also for whoever found it. Rotate it right after, and let the secret of today end at once.
api-token-revoke = Revoke
api-token-revoke-title = Revoke this token?
api-token-revoke-consequence = Programs that use it stop working at once. This cannot be undone.

## Sign out

sign-out-title = Sign out?
sign-out-asked = { $client } would like to sign you out.
sign-out-consequence = The next application that asks who you are will send you here to sign in again.
sign-out-confirm = Sign out
sign-out-stay = Stay signed in

## Signed out

signed-out-title = You are signed out
signed-out-advice = Applications that are still open may know you until you sign out there too. On a shared computer, close the browser.
signed-out-return = Back to { $client }
signed-out-sign-in = Sign in again

## Signed out, and applications are told

signing-out-advice = Your applications are being told. Then you go on by yourself; if nothing happens, choose Continue.
signing-out-continue = Continue

## Back to the application

form-post-title = Almost there
form-post-advice = You are on your way back to the application. If nothing happens, choose Continue.
form-post-continue = Continue

## Errors

error-invalid-link = This link cannot be used to sign in
error-invalid-link-advice = The application sent a request that we cannot accept. Go back to it and try once more; if that does not help, its owner has to correct it.
error-unknown-application = We do not know this application
error-unknown-application-advice = It is not registered here, or no longer. Check that you came from the right address.
error-address-not-registered = We cannot send you back to this address
error-address-not-registered-advice = For your safety you only return to addresses that the application has registered, and this is not one of them. The application’s owner can register it.
error-expired = This sign-in is no longer valid
error-expired-advice = It took too long, or it was begun in another browser. Go back to the application and start again.
error-not-found = There is nothing at this address
error-not-found-advice = Please check the address for typing errors.
error-temporarily-unavailable = We will be back in a moment
error-temporarily-unavailable-advice = Something that signing in depends on does not answer right now. Please try again in a minute.
error-too-many-requests = That was a little too fast
error-too-many-requests-advice = Too many requests came from your network in a short time. Please wait a minute, then try again.
error-form-outdated = This page is out of date
error-form-outdated-advice = It was open for too long, or you signed in or out in another tab. Nothing was changed. Go back, reload the page and try again.
error-not-admitted = You may not open this
error-not-admitted-advice = This account may not use this page, or not in this way or from this network. If it should, ask your administrators for it.
error-internal = Something went wrong on our side
error-internal-advice = You did nothing wrong, and the reason was recorded. Please try again.
error-reference = Reference
error-reference-advice = If it keeps happening, give this reference to your administrator.
error-start-page = Go to the start page
error-sign-out = Use another account
