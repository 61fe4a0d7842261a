# The texts of the pages in German.

## Sign in

sign-in-title = Anmelden
sign-in-to = Anmelden und weiter zu { $client }
sign-in-lead = Eine Anmeldung für alle Ihre Anwendungen.
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
