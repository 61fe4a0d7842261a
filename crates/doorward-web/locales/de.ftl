# The texts of the pages in German.

## Sign in

sign-in-title = Anmelden
sign-in-to = Anmelden und weiter zu { $client }
sign-in-lead = Eine Anmeldung für alle Ihre Anwendungen.
sign-in-confirm = Bestätigen Sie, dass Sie es sind
sign-in-confirm-lead = Was jetzt kommt, gibt ein Geheimnis heraus, und Ihre Anmeldung liegt etwas zurück.
sign-in-username = Benutzername
sign-in-password = Passwort
sign-in-reveal = Passwort anzeigen
sign-in-submit = Anmelden
sign-in-cancel = Abbrechen
sign-in-continue-as = Weiter als { $name }
sign-in-another = oder mit einem anderen Konto
sign-in-wrong-credentials = Benutzername oder Passwort stimmt nicht. Bitte prüfen Sie beides und versuchen Sie es noch einmal.
sign-in-too-many-attempts =
    { $minutes ->
        [one] Es gab zu viele Anmeldeversuche. Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal.
       *[other] Es gab zu viele Anmeldeversuche. Bitte warten Sie { $minutes } Minuten und versuchen Sie es dann noch einmal.
    }
sign-in-expired = Diese Seite war zu lange geöffnet. Bitte melden Sie sich noch einmal an.

## The application that someone signs in to

client-website = Website
client-policy = Datenschutz
client-terms = Nutzungsbedingungen
client-described = Niemand hier hat diese Anwendung geprüft. Alles, was über sie bekannt ist, stammt von { $host }.
opens-in-new-tab = (öffnet in einem neuen Tab)

## Consent

consent-title = Zugriff erlauben
consent-heading = Darf { $client } Ihr Konto verwenden?
consent-lead = Wenn Sie es erlauben, darf { $client }:
consent-allow = Erlauben
consent-deny = Ablehnen
consent-return = In beiden Fällen kehren Sie zu { $host } zurück.
consent-remembered = Wenn Sie es erlauben, merken wir uns das und fragen wieder, sobald die Anwendung mehr möchte.
consent-part-remembered = Wenn Sie es erlauben, merken wir uns das, außer was nur für dieses Mal gilt, und fragen wieder, sobald die Anwendung mehr möchte.
consent-not-remembered = Wenn Sie es erlauben, gilt das nur für dieses Mal: Beim nächsten Mal fragen wir wieder.
scope-openid = Sie wiedererkennen
scope-openid-detail = An einer Kennung, die bei jeder Anmeldung gleich bleibt.
scope-profile = Ihr Profil sehen
scope-profile-detail = Name, Benutzername, Bild, Sprache und ähnliche Angaben.
scope-email = Ihre E-Mail-Adresse sehen
scope-email-detail = Und ob sie bestätigt ist.
scope-address = Ihre Postanschrift sehen
scope-address-detail = Straße, Ort, Postleitzahl und Land.
scope-phone = Ihre Telefonnummer sehen
scope-phone-detail = Und ob sie bestätigt ist.
scope-groups = Ihre Gruppen sehen
scope-groups-detail = Davon hängt oft ab, was Sie in einer Anwendung tun dürfen.
scope-offline-access = In Ihrer Abwesenheit verbunden bleiben
scope-offline-access-detail = Der Zugriff bleibt bestehen, auch wenn Sie gehen, bis er entzogen wird.
scope-resource = { $allows }
scope-resource-detail = Nur bei { $server }.
scope-silent = { $server } in Ihrem Namen nutzen
scope-silent-detail = Wofür, sagt die Anwendung nicht. Was sie dort darf, entscheidet { $server }.
detail-at = Bei { $server }
detail-once = Bei { $server }, nur für dieses Mal
detail-yes = Ja
detail-no = Nein
scope-custom = Die Berechtigung { $scope } nutzen
scope-custom-detail = Was sie umfasst, weiß Ihre Administration.

## A device without a browser

device-title = Gerät verbinden
device-code = Code
device-code-hint = Geben Sie den Code ein, den das Gerät zeigt. Groß- und Kleinschreibung und der Strich spielen keine Rolle.
device-code-compare = Zeigt das Gerät vor Ihnen diesen Code? Fahren Sie nur dann fort.
device-continue = Weiter
device-wrong-code = Dieser Code funktioniert nicht. Vergleichen Sie ihn mit dem auf dem Gerät; stimmt er, ist er vielleicht zu alt, und das Gerät kann einen neuen zeigen.
device-too-many-attempts = Es gab zu viele Versuche. Bitte warten Sie ein paar Minuten und versuchen Sie es dann noch einmal.
device-confirm-title = Gerät verbinden
device-confirm-heading = { $client } mit Ihrem Konto verbinden?
device-confirm-compare = Das Gerät muss diesen Code zeigen:
device-confirm-caution = Erlauben Sie es nur, wenn Sie selbst gerade damit begonnen haben und das Gerät vor Ihnen ist. Hat Ihnen jemand anderes den Code oder den Link geschickt, lehnen Sie ab: Sonst bekäme diese Person Zugang zu Ihrem Konto.
device-confirm-lead = Wenn Sie es erlauben, darf { $client }:
device-allow = Erlauben
device-deny = Ablehnen
device-allowed-title = Das Gerät ist verbunden
device-allowed-advice = { $client } macht in wenigen Sekunden von selbst weiter. Sie können diese Seite schließen.
device-denied-title = Das Gerät ist nicht verbunden
device-denied-advice = { $client } hat nichts bekommen. Sie können diese Seite schließen. Hat Ihnen jemand anderes den Code geschickt, sagen Sie es Ihrer Administration.
device-over-title = Dieser Code gilt nicht mehr
device-over-advice = Es hat zu lange gedauert, oder der Code wurde schon beantwortet. Beginnen Sie auf dem Gerät mit { $client } noch einmal und geben Sie den neuen Code ein.
device-another-code = Anderen Code eingeben

## Signed in

signed-in-title = Sie sind angemeldet
signed-in-applications = Ihre Anwendungen
signed-in-nowhere = Noch hat keine Anwendung gefragt, wer Sie sind. Jede, bei der Sie sich anmelden, erscheint hier.
signed-in-sign-out = Abmelden
signed-in-sessions = Wo Sie angemeldet sind
signed-in-api-tokens = Ihre API-Token

## Sessions

sessions-title = Wo Sie angemeldet sind
sessions-here = Dieser Browser
sessions-elsewhere = Ein anderer Browser
sessions-browser-on = { $browser } unter { $system }
sessions-some-browser-on = Ein Browser unter { $system }
sessions-further-live =
    { $count ->
        [one] Ein weiterer ist nicht aufgeführt. Er erscheint, wenn Sie sich oben in einem anderen Browser abmelden.
       *[other] { $count } weitere sind nicht aufgeführt. Sie erscheinen, wenn Sie sich oben in anderen Browsern abmelden.
    }
sessions-further-ended =
    { $count ->
        [one] Eine frühere Abmeldung ist nicht aufgeführt.
       *[other] { $count } frühere Abmeldungen sind nicht aufgeführt.
    }
sessions-began = Angemeldet
sessions-seen = Zuletzt benutzt
sessions-end = Dort abmelden
sessions-ended = In den letzten 30 Tagen abgemeldet
sessions-none-ended = Sie haben sich nirgends abgemeldet.
sessions-over = Abgemeldet
sessions-nobody-told = Keine Anwendung wollte davon erfahren.
sessions-delivered = Hat es erfahren
sessions-waiting = Antwortet noch nicht. Wir versuchen es wieder
sessions-refused = Hat nicht verstanden, dass Sie sich abgemeldet haben. Vielleicht sind Sie dort noch angemeldet. Benachrichtigt
sessions-abandoned = Hat nie geantwortet. Vielleicht sind Sie dort noch angemeldet. Aufgegeben

## API tokens

api-tokens-title = API-Token
api-tokens-lead = Mit einem Token nutzt ein Programm von Ihnen eine API in Ihrem Namen, ohne Ihr Passwort.
api-tokens-make = Token erstellen
api-tokens-own = Ihre Token
api-tokens-none = Es gibt keine.
api-tokens-older = Ältere Token
api-tokens-newest = Neueste Token
api-tokens-answered-for = Token von Programmen und Projekten
api-tokens-answered-for-lead = Für diese sind Sie verantwortlich, allein oder mit einer Gruppe.
api-tokens-expiring =
    { $count ->
        [one] Ein API-Token läuft in den nächsten 7 Tagen ab. Erneuern Sie es, wenn es noch gebraucht wird.
       *[other] { $count } API-Token laufen in den nächsten 7 Tagen ab. Erneuern Sie die, die noch gebraucht werden.
    }

## One API token

api-token-title = API-Token
api-token-back = Zu Ihren API-Token
api-token-cancel = Abbrechen
api-token-shown-once = Sein Geheimnis wurde beim Erstellen gezeigt und kann nicht noch einmal gezeigt werden. Wenn Sie es verloren haben, erneuern Sie das Token.
api-token-of-account = Handelt für das Programm { $name }
api-token-of-project = Steht für das Projekt { $name }

## Whether it works

api-token-works = Gültig
api-token-expires-soon = Läuft bald ab
api-token-suspended = Angehalten
api-token-revoked = Widerrufen
api-token-expired = Abgelaufen
api-token-restored = Wartet auf Fortsetzung
api-token-disabled = Abgeschaltet
api-token-nothing-left = Darf nichts mehr
api-token-by-you = Sie haben es selbst gestoppt.
api-token-by-somebody-else = Jemand anderes, der dafür verantwortlich ist, hat es gestoppt.
api-token-by-operator = Die Administration hat es gestoppt. Fragen Sie dort, wie es weitergeht.
api-token-by-leak = Jemand hat es gefunden, wo es nicht hingehört, und abgegeben.
api-token-by-signal = Seine Nutzung fiel auf: { $words }
api-token-restored-why = Hier wurde alles aus einer Sicherung wiederhergestellt, und nach dieser Sicherung kann das Token widerrufen worden sein. Es gilt wieder, wenn Sie es fortsetzen oder erneuern.
api-token-disabled-why = Sein Programm, oder wer dafür verantwortlich ist, ist abgeschaltet oder nicht mehr da.
api-token-nothing-left-why = Alles, wofür es erstellt wurde, ist nicht mehr erlaubt oder nicht mehr da.

## What it may, and until when

api-token-may = Darf
api-token-at = bei { $server }
api-token-identifies = { $server } sagen, von wem eine Anfrage ist
api-token-no-longer = nicht mehr
api-token-scope-read = Ihre API-Token sehen
api-token-scope-manage = Ihre API-Token erstellen, erneuern und widerrufen
api-token-doorward = Doorward selbst
api-token-from = Gilt von
api-token-everywhere = überall
api-token-at-most = Höchstens
api-token-per-minute =
    { $count ->
        [one] eine Nutzung je Minute
       *[other] { $count } Nutzungen je Minute
    }
api-token-per-day =
    { $count ->
        [one] eine Nutzung am Tag
       *[other] { $count } Nutzungen am Tag
    }
api-token-expires = Läuft ab
api-token-never = nie
api-token-over = ist vorbei
api-token-in-days =
    { $count ->
        [one] in einem Tag
       *[other] in { $count } Tagen
    }
api-token-in-hours =
    { $count ->
        [one] in einer Stunde
       *[other] in { $count } Stunden
    }
api-token-in-minutes =
    { $count ->
        [one] in einer Minute
       *[other] in { $count } Minuten
    }
api-token-made = Erstellt
api-token-rotated = Erneuert
api-token-used = Zuletzt genutzt
api-token-unused = nie
api-token-used-with = mit { $name }
api-token-used-from = von { $name }
api-token-used-at = bei { $name }
api-token-graph =
    { $total ->
        [one] Eine Nutzung in den letzten 30 Tagen
       *[other] { $total } Nutzungen in den letzten 30 Tagen, { $most } am stärksten Tag
    }

## Making a token

api-token-make-title = API-Token erstellen
api-token-name = Name
api-token-name-hint = Damit Sie es wiedererkennen, etwa „Sicherung des Wikis“.
api-token-scopes = Was es darf
api-token-scopes-hint = Wählen Sie so wenig, wie das Programm braucht. Es darf nie mehr als Sie.
api-token-on-date = an dem Tag unten
api-token-date = Tag
api-token-date-hint = Das Token gilt, bis dieser Tag in UTC vorbei ist.
api-token-date-most =
    { $count ->
        [one] Höchstens einen Tag ab jetzt.
       *[other] Höchstens { $count } Tage ab jetzt.
    }
api-token-here = wo ich jetzt bin: { $network }
api-token-networks = Diese Netze
api-token-networks-hint = Eines je Zeile, etwa 192.0.2.0/24 oder 2001:db8::/32. Ohne beides gilt das Token von überall.
api-token-quota = Wie oft es genutzt werden darf
api-token-quota-hint = Lassen Sie leer, was nicht begrenzt sein soll.
api-token-uses-minute = Nutzungen je Minute
api-token-uses-day = Nutzungen am Tag
api-token-make = Token erstellen
api-token-problems = Das Token wurde nicht erstellt. Bitte berichtigen Sie, was markiert ist.
api-token-problem-name = Geben Sie ihm einen Namen: eine Zeile mit bis zu 100 sichtbaren Zeichen.
api-token-problem-no-scope = Wählen Sie mindestens eines aus, was es darf.
api-token-problem-scope = { $scope } dürfen Sie nicht mehr vergeben. Bitte wählen Sie noch einmal.
api-token-problem-date = Wählen Sie einen Tag, der nicht vorbei ist.
api-token-problem-too-long =
    { $count ->
        [one] Ein Token gilt hier höchstens einen Tag.
       *[other] Ein Token gilt hier höchstens { $count } Tage.
    }
api-token-problem-network = Zeile { $line }: { $written } ist kein Netz. Schreiben Sie eines wie 192.0.2.0/24 oder 2001:db8::/32, oder eine einzelne Adresse.
api-token-problem-network-bits = Zeile { $line }: { $written } hat mehr Bits, als seine Länge sagt. Schreiben Sie { $network } für das Netz, oder nur die Adresse.
api-token-problem-network-all = Zeile { $line }: { $written } ist jede Adresse von IPv4. Schreiben Sie 0.0.0.0/0, wenn Sie das meinen.
api-token-problem-quota = Schreiben Sie eine ganze Zahl ab 1, oder lassen Sie es leer.
api-token-problem-too-many =
    { $count ->
        [one] Sie haben ein Token, und mehr sind nicht erlaubt. Widerrufen Sie es, wenn es niemand braucht.
       *[other] Sie haben { $count } Token, und mehr sind nicht erlaubt. Widerrufen Sie die, die niemand braucht.
    }

## The token, shown once

api-token-shown-title = Ihr Token
api-token-once = Kopieren Sie es jetzt. Es wird nur dieses eine Mal gezeigt.
api-token-secret = Das Token
api-token-copy = Kopieren
api-token-copied = Kopiert
api-token-example = So nutzen Sie es
api-token-example-hint = Die erste Zeile fragt nach dem Token, damit es nicht im Verlauf der Shell steht.
api-token-before-ended = Das bisherige Geheimnis gilt nicht mehr.
api-token-before-goes-on = Das bisherige Geheimnis gilt noch bis

## Changing a token

api-token-rotate = Erneuern
api-token-rotate-title = Dieses Token erneuern?
api-token-rotate-lead = Sie bekommen ein anderes Geheimnis dafür. Alles, was es darf, bleibt, wie es ist.
api-token-overlap = Das bisherige Geheimnis
api-token-overlap-none = endet sofort
api-token-overlap-hours =
    { $count ->
        [one] gilt noch eine Stunde
       *[other] gilt noch { $count } Stunden
    }
api-token-overlap-days =
    { $count ->
        [one] gilt noch einen Tag
       *[other] gilt noch { $count } Tage
    }
api-token-suspend = Anhalten
api-token-resume = Fortsetzen
api-token-resume-title = Dieses Token fortsetzen?
api-token-resume-consequence = Es gilt sofort wieder, für jeden, der es hat.
api-token-resume-leaked = Es gilt sofort wieder, auch für den, der es gefunden hat. Erneuern Sie es gleich danach, und lassen Sie das bisherige Geheimnis sofort enden.
api-token-revoke = Widerrufen
api-token-revoke-title = Dieses Token widerrufen?
api-token-revoke-consequence = Programme, die es nutzen, funktionieren sofort nicht mehr. Das lässt sich nicht rückgängig machen.

## Sign out

sign-out-title = Abmelden?
sign-out-asked = { $client } möchte Sie abmelden.
sign-out-consequence = Die nächste Anwendung, die fragt, wer Sie sind, schickt Sie zum Anmelden wieder hierher.
sign-out-confirm = Abmelden
sign-out-stay = Angemeldet bleiben

## Signed out

signed-out-title = Sie sind abgemeldet
signed-out-advice = Anwendungen, die noch offen sind, kennen Sie vielleicht weiter, bis Sie sich auch dort abmelden. Schließen Sie an einem gemeinsam genutzten Computer den Browser.
signed-out-return = Zurück zu { $client }
signed-out-sign-in = Wieder anmelden

## Signed out, and applications are told

signing-out-advice = Ihre Anwendungen erfahren es gerade. Danach geht es von selbst weiter; falls nichts geschieht, wählen Sie „Weiter“.
signing-out-continue = Weiter

## Back to the application

form-post-title = Gleich geschafft
form-post-advice = Sie sind auf dem Weg zurück zur Anwendung. Falls nichts geschieht, wählen Sie „Weiter“.
form-post-continue = Weiter

## Errors

error-invalid-link = Mit diesem Link ist keine Anmeldung möglich
error-invalid-link-advice = Die Anwendung hat eine Anfrage geschickt, die wir nicht annehmen können. Gehen Sie zu ihr zurück und versuchen Sie es noch einmal; hilft das nicht, muss ihr Betreiber sie berichtigen.
error-unknown-application = Wir kennen diese Anwendung nicht
error-unknown-application-advice = Sie ist hier nicht oder nicht mehr registriert. Prüfen Sie bitte, ob Sie von der richtigen Adresse kommen.
error-address-not-registered = Zu dieser Adresse können wir Sie nicht zurückschicken
error-address-not-registered-advice = Zu Ihrer Sicherheit kehren Sie nur zu Adressen zurück, die für die Anwendung registriert sind, und diese gehört nicht dazu. Der Betreiber der Anwendung kann sie registrieren.
error-expired = Diese Anmeldung gilt nicht mehr
error-expired-advice = Sie hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Gehen Sie zur Anwendung zurück und beginnen Sie noch einmal.
error-not-found = Unter dieser Adresse gibt es nichts
error-not-found-advice = Bitte prüfen Sie die Adresse auf Tippfehler.
error-temporarily-unavailable = Wir sind gleich wieder da
error-temporarily-unavailable-advice = Etwas, das für die Anmeldung nötig ist, antwortet gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.
error-too-many-requests = Das war ein wenig zu schnell
error-too-many-requests-advice = Aus Ihrem Netz kamen in kurzer Zeit zu viele Anfragen. Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal.
error-form-outdated = Diese Seite ist veraltet
error-form-outdated-advice = Sie war zu lange geöffnet, oder Sie haben sich in einem anderen Tab an- oder abgemeldet. Es wurde nichts geändert. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
error-not-admitted = Das dürfen Sie nicht öffnen
error-not-admitted-advice = Dieses Konto darf diese Seite nicht benutzen, oder nicht auf diese Weise oder aus diesem Netz. Wenn es das sollte, bitten Sie Ihre Administration darum.
error-internal = Bei uns ist etwas schiefgegangen
error-internal-advice = Sie haben nichts falsch gemacht, und der Grund wurde festgehalten. Bitte versuchen Sie es noch einmal.
error-reference = Referenz
error-reference-advice = Wenn es immer wieder vorkommt, nennen Sie Ihrer Administration diese Referenz.
error-start-page = Zur Startseite
error-sign-out = Anderes Konto benutzen
