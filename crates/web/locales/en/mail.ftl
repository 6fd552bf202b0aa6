### The words of every mail. Subjects, senders and first lines are read by others over her shoulder:
### they never hold a health word, and say the discreet name only.

## Shared by several mails

mail-hello = Hello { $name },
mail-hello-nobody = Hello,
mail-practice-time = For me that is { $when }.
mail-open = Open the appointment
mail-open-hint = Everything about it, and cancelling, is behind this one link. Keep it to yourself: it opens without a password.
mail-open-hint-move = Everything about it is behind this one link, moving and cancelling too. Keep it to yourself: it opens without a password.
mail-what = { $offering }, { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
mail-reply = Reply to this mail and it reaches me.
mail-until-then = Until then,
mail-warmly = Warmly,
mail-video = By video.
mail-video-room = By video. This is the room:
mail-video-link = Open the room
mail-phone = By phone: I call you on { $phone }.
mail-place = At { $address }.
mail-home = At your home. Tell me when the address is another one by then.
mail-why-appointment = You get this because you booked an appointment. It is not a newsletter.
mail-sender = { $name }, { $address }

## appointment-confirmed

mail-confirmed-subject = Appointment with { $with }, { $date }, { $time }
mail-confirmed-lead = it is booked. We meet
mail-confirmed-free = It costs nothing.
mail-confirmed-paid = { $amount }, paid.
mail-confirmed-owed = { $amount }, to be paid when we meet.
mail-confirmed-calendar = The invitation is attached. If your calendar has not taken it, add it by hand:
mail-confirmed-calendar-link = the calendar file
mail-confirmed-calendar-replies = What your calendar answers does not reach me. To change anything, use the link above.
mail-cancel-free = You can cancel until it begins, and nothing is charged.
mail-cancel-until = Until { $until } you can move or cancel it freely. After that, { $kept } stays when you cancel.
mail-cancel-late = It begins soon: when you cancel now, { $kept } stays.
mail-cancel-reasons = If the reason is a birth, an illness, the hospital or a loss, nothing is charged automatically, however late it is.

## appointment-requested

mail-requested-subject = Appointment with { $with }, { $date }, { $time }: kept for you
mail-requested-lead = I keep this time for you:
mail-requested-until = It is yours until { $until }. When the payment is there, I confirm it and the invitation for your calendar follows.
mail-requested-price = The price is { $price }.
mail-requested-pay = Pay { $price }
mail-requested-online = You pay behind this link, on the page of a payment service.
mail-requested-how = This is how to pay
mail-requested-no-longer = Not needed any more? Cancel it behind the link, or let the time run out: nothing is charged either way.

## appointment-refund, purchase-refund

mail-refund-subject = Appointment with { $with }, { $date }, { $time }: your payment comes back
mail-refund-hers = I give back what you paid, or a part of it, for our appointment
mail-refund-too-late = I am sorry. Your payment arrived when this time was no longer kept, and it is not free any more:
mail-refund-twice = our appointment was paid already, and now it was paid once more:
mail-refund-cancelled = your payment arrived when our appointment was cancelled already:
mail-refund-back = { $amount } goes back to you the way it came. It can take a few days until you see it. There is nothing you need to do.
mail-refund-purchase-subject = Package with { $with }: your payment comes back
mail-refund-purchase-hers = I give back what you paid, or a part of it, for your package:
mail-refund-purchase-twice = your package was paid already, and now it was paid once more:
mail-refund-purchase-too-late = I am sorry. Your payment arrived too late for your package:
mail-refund-purchase-cancelled = your payment arrived when your package had ended already:
mail-refund-purchase-ended = What was left of the package has ended with it.

## appointment-cancelled

mail-cancelled-subject = Appointment with { $with }, { $date }, { $time }: cancelled
mail-cancelled-lead = it is cancelled:
mail-cancelled-by-me = I am sorry: I have to cancel our appointment
mail-cancelled-nothing = Nothing is charged.
mail-cancelled-kept = It was cancelled after the last free moment, so { $kept } stays.
mail-cancelled-back = { $back } goes back to you.
mail-cancelled-calendar = Your calendar takes the entry out by itself; if it does not, delete it there.
mail-cancelled-no-more = There is nothing else you need to do.
mail-cancelled-again = Choose another time

## appointment-moved

mail-moved-subject = Appointment with { $with }, { $date }, { $time }: moved
mail-moved-lead = it is moved. We meet
mail-moved-by-me = I am sorry: I have to move our appointment. The new time is
mail-moved-was = Before, it was { $was }.
mail-moved-decline = It does not suit you? Behind the link you can choose another time or cancel, until it begins. Nothing is charged, and whatever was paid comes back.
mail-moved-kept = It still waits for the payment, and I keep it until { $until }. The way to pay is the same.
mail-moved-calendar = The new invitation is attached, and your calendar moves the entry. If it has not, add it by hand:

## appointment-expired

mail-expired-subject = Appointment with { $with }, { $date }, { $time }: no longer kept
mail-expired-lead = this time is no longer kept for you:
mail-expired-why = It was yours until { $until }, and no payment had arrived by then. The time is free again. Nothing was charged.
mail-expired-paid = Did you pay already? Then reply to this mail and I put it right.
mail-expired-again = Try to take it again
mail-expired-again-hint = If somebody else was quicker, the nearest times are on the same page.

## appointment-reminder

mail-reminder-subject = Appointment with { $with }, { $date }, { $time }: a reminder
mail-reminder-lead = this is to remind you. We meet
mail-reminder-asks = A few questions are still open, so that we can begin with what matters. They stand on the page of your appointment and save themselves as you type; what you leave out, we talk about.

## intake-nudge

mail-nudge-subject = Appointment with { $with }, { $date }, { $time }: a few questions
mail-nudge-lead = a few questions are still open, so that we can begin with what matters. We meet
mail-nudge-open = Open the questions
mail-nudge-hint = They stand on the page of your appointment and save themselves as you type. What you leave out, we talk about.

## appointment-second

mail-second-subject-invited = Appointment with { $with }, { $date }, { $time }
mail-second-subject-moved = Appointment with { $with }, { $date }, { $time }: moved
mail-second-subject-cancelled = Appointment with { $with }, { $date }, { $time }: cancelled
mail-second-subject-removed = Appointment with { $with }, { $date }, { $time }: no longer in your calendar
mail-second-subject-reminder = Appointment with { $with }, { $date }, { $time }: a reminder
mail-second-invited = { $parent } has an appointment with me, and would like you to know when:
mail-second-invited-nobody = somebody close to you has an appointment with me, and would like you to know when:
mail-second-moved = the appointment of { $parent } is moved. We meet
mail-second-moved-nobody = the appointment is moved. We meet
mail-second-cancelled = the appointment of { $parent } is cancelled:
mail-second-cancelled-nobody = the appointment is cancelled:
mail-second-removed = { $parent } has taken you off this appointment:
mail-second-removed-nobody = you were taken off this appointment:
mail-second-reminder = this is to remind you of the appointment of { $parent }. We meet
mail-second-reminder-nobody = this is to remind you. We meet
mail-second-home = At the family's home.
mail-second-phone = By phone: I call.
mail-second-ask = To move or to cancel it, ask { $parent }: the link for that is in the other mail.
mail-second-ask-nobody = To move or to cancel it, ask who made the appointment: the link for that is in the other mail.
mail-second-why = You get this because whoever made the appointment named this address too. It is not a newsletter. If it should not come to you, tell me by a reply.

## appointment-client-link

mail-client-subject = Appointment with { $with }, your link for the next one
mail-client-lead = with this link you can book the next appointment with me, whenever you like:
mail-client-open = Choose a time
mail-client-hint = It works until { $until }, as often as you need it. Keep it to yourself: it is meant for you.

## desk-booked

desk-booked-subject = Booked: { $date }, { $time }
desk-booked-lead = { $name } has booked
desk-booked-waiting-subject = Waiting for payment: { $date }, { $time }
desk-booked-waiting = { $price } is not paid yet. The time is kept until { $until }; mark it as paid at your desk and the invitation goes out.
desk-booked-paid = { $price }, paid.
desk-booked-owed = { $price }, to be paid at the visit.
desk-booked-free = It costs nothing.
desk-video = By video.
desk-phone = By phone: you call.
desk-place = At { $address }.
desk-home = At the family's home.
desk-open = Open it at the desk
desk-open-hint = The phone number, the e-mail and all the rest are there.
desk-why-appointment = You get this because you are the consultant of this practice.

## desk-cancelled

desk-cancelled-subject = Cancelled: { $date }, { $time }
desk-cancelled-lead = { $name } has cancelled
desk-cancelled-lead-by-you = You have cancelled the appointment of { $name }
desk-cancelled-told = The time is free again, and the mail to the family is on its way.
desk-cancelled-kept = It was late: { $kept } stays, unless you decide otherwise.
desk-cancelled-back = { $back } was paid and goes back: that is for you to send.
desk-cancelled-reason = A reason was given. It is on the page.

## desk-moved

desk-moved-subject = Moved: { $date }, { $time }
desk-moved-lead = { $name } has moved the appointment
desk-moved-lead-by-you = You have moved the appointment of { $name }
desk-moved-was = Before, it was { $was }. That time is free again.

## newsletter-confirm

mail-letters-subject = One more step: letters from { $with }
mail-letters-hello = Hello,
mail-letters-lead = one tap is missing, and my letters come to this address.
mail-letters-button = Yes, send me the letters
mail-letters-what = You get new articles, news of free and of paid offerings, and now and then something else. On the page you choose which of these you want, and every letter has a link to leave with one tap.
mail-letters-valid = The link works until { $until }.
mail-letters-ignore = This was not you? Then do nothing: without the tap no letter is sent.
mail-letters-why = You get this because this address was typed into my sign-up form. No letter comes to it until the button is tapped.

## desk-reset

desk-reset-subject = A new password for your desk
desk-reset-hello = Hello,
desk-reset-lead = somebody, you I hope, asked for a new password for the desk.
desk-reset-button = Choose a new password
desk-reset-valid = The link works once, until { $until }.
desk-reset-ignore = It was not you? Then do nothing: your password stays as it is.
desk-reset-why = You get this because this address signs in to the desk of { $name }.

## desk-source, and the same words at the desk: why one of her other calendars cannot be read, and what to do

desk-source-subject = One of your other calendars cannot be read
desk-source-lead = your calendar “{ $name }” cannot be read since { $since }.
desk-source-stands = What was read last stays in force, but what has been entered there since then is not known here and may be booked over.
desk-source-read = It was read last on { $at }.
desk-source-button = Look at your calendars
desk-source-why = You get this because { $name } offers times that this calendar takes; it is told once.
source-no_such_host = There is no such address.
source-remedy-no_such_host = Copy it again, whole, from the settings of the calendar.
source-not_https = The address is not a secure one.
source-remedy-not_https = It has to begin with https or webcal, not with http.
source-private_address = The address leads into a private network, which is not read from here.
source-remedy-private_address = Use the address under which the calendar is found on the internet.
source-not_secure = The server there cannot prove who it is.
source-remedy-not_secure = Its certificate is wrong or has run out: ask whoever looks after that server.
source-unreachable = The server there does not answer, or broke off in the middle.
source-remedy-unreachable = It is tried again by itself.
source-too_slow = The server there was silent for more than ten seconds.
source-remedy-too_slow = It is tried again by itself.
source-too_large = The file is larger than 20 MB.
source-remedy-too_large = Share a calendar that holds less, perhaps without its old years.
source-too_many_redirects = The address leads on and on and never arrives.
source-remedy-too_many_redirects = Copy it again from the settings of the calendar.
source-login_wanted = The server wants a name and a password, or does not let this address in.
source-remedy-login_wanted = Use the secret or the public address of the calendar, not the one in your browser’s address bar.
source-gone = There is no calendar at this address, or no longer.
source-remedy-gone = It may have been given a new address: copy it again from the settings of the calendar.
source-server_fault = The server there is out of order.
source-remedy-server_fault = It is tried again by itself.
source-web_page = A web page is there, not a calendar.
source-remedy-web_page = Copy the address that ends in .ics from the settings of the calendar.
source-no_calendar = There is a file, but it is no calendar.
source-remedy-no_calendar = Copy the address that ends in .ics from the settings of the calendar.
source-broken = The calendar arrives only in part, or is damaged.
source-remedy-broken = It is tried again by itself.
source-too_much = The calendar repeats so many entries that they cannot be worked out.
source-remedy-too_much = Look in it for an entry that repeats every second or minute.
## newsletter-address

mail-address-subject = One tap: letters from { $with } to this address
mail-address-lead = somebody who gets my letters would like them here instead. One tap, and they come to this address.
mail-address-button = Yes, send them here
mail-address-ignore = This was not you? Then do nothing: without the tap nothing changes.
mail-address-why = You get this because this address was typed on the page of somebody who gets my letters.

## letter

mail-letter-web = Read it on the website
mail-letter-why = You get this because you said yes to my letters ({ $topic }).
mail-letter-topics = Choose what I write about
mail-letter-leave = Leave with one tap
## purchase-requested, purchase-paid, desk-purchase

mail-why-purchase = You get this because you bought a package. It is not a newsletter.
mail-purchase-what = { $package }, { $price }.
mail-purchase-link = Keep this link to yourself: whoever holds it can book from your package, without a password.
mail-purchase-requested-subject = Package with { $with }: how to pay
mail-purchase-requested-lead = thank you. When the payment is there, I write to you again, and you can book each visit when you need it.
mail-purchase-pay = Pay { $price }
mail-purchase-open = Open your package
mail-purchase-paid-subject = Package with { $with }: it is yours
mail-purchase-paid-lead = the payment is there. You can book your visits now, one at a time.
mail-purchase-book = Book a visit
mail-purchase-valid = Its visits can be used for { $months ->
    [one] a month
   *[other] { $months } months
} from the first one, and within a year at most.
desk-purchase-subject = A package was bought
desk-purchase-lead = { $name } has bought { $package }.
desk-purchase-waiting = { $price } is not paid yet. Mark it as paid at your desk, and the link to book each visit goes out.
desk-purchase-open = See the purchases

## receipt: the mail, and the paper that goes with it
mail-receipt-subject = Receipt { $number } from { $with }
mail-receipt-lead = here is the receipt for what you paid. It is the file that comes with this mail.
mail-receipt-facts = { $amount }, received { $date }.
mail-receipt-attached = The receipt comes with this mail, as a file.
receipt-title = Receipt { $number }
receipt-for = Received from
receipt-issued = Date of the receipt
receipt-paid = Paid on
receipt-by-cash = in cash
receipt-by-transfer = by transfer
receipt-by-card = by card
receipt-by-online = by card, online
receipt-by-other = otherwise
receipt-item-visit = { $name }, { $date }
receipt-item-trip = The trip to your home
receipt-item-fee = Kept by the terms of cancelling: { $name }, { $date }
receipt-item-package = Package: { $name }
receipt-total = Paid
receipt-thanks = Thank you.

## purchase-ending
mail-ending-subject = What is left of your package with { $with }
mail-ending-lead = what you bought has not been used up, and its time ends soon.
mail-ending-left = Left of “{ $package }”:
mail-ending-until = A visit from it has to start before { $when }.

## purchase-link
mail-purchase-link-subject = The link of your package with { $with }
mail-purchase-link-lead = here is the page of “{ $package }”, from which you book each visit.
mail-purchase-link-not-you = Somebody asked for it on our pages with this address. If it was not you, there is nothing to do.
