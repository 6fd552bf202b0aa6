# The words of the public pages. First person, short, warm, exact; no exclamation marks.

### The frame
skip = Skip to the page
nav-label = Main
nav-services = Services
nav-articles = Articles
nav-newsletter = Newsletter
footer-label = More
footer-line = { $name }. { $address }. Your information is never shared.
footer-privacy = Privacy
footer-contact = Write to me
footer-outbox = Outbox

### When a page cannot be shown
error-forbidden-title = That came from another site
error-forbidden-text = I only take forms that were filled in here, so nothing was changed. Open the page again and send it from there.
error-not-found-title = There is nothing at this address
error-not-found-text = The link may be old, or cut in two by a mail program. Try it once more from the e-mail, whole.
error-wrong-way-title = This address does not take that
error-wrong-way-text = Nothing was changed. Go back one page and use its button.
error-too-large-title = That was too much for one form
error-too-large-text = Nothing was sent. Go back, shorten it, and send it again; the rest you can tell me when we meet.
error-unreadable-title = I could not read that
error-unreadable-text = Nothing was changed. Go back, look at what you typed, and send it again.
error-too-many-title = That was a lot in a short time
error-too-many-text = Nothing is lost, and nothing was sent. To keep robots away I ask you to wait a little.
error-broken-title = Something went wrong here, not with you
error-broken-text = I have been told about it. Nothing you sent was half done: either it is booked and you get an e-mail, or it is not. Try again in a minute.
error-unavailable-title = Just a moment
error-unavailable-text = This site is starting up or catching its breath. Try again in a minute.
error-again-at = You can try again at { $time }.
error-reference = If you write to me, this helps: { $reference }
error-to-services = See the services
error-phone = Or call { $name }:
