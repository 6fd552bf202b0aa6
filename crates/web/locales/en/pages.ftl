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

### What several pages say
honeypot = Leave this empty
voluntary = (if you like)
voluntary-video = (if you like, with video)
next-free = Next free
take = Take { $when }
all-times = All times
of-offer = of { $name }
see-days = See the days
nothing-soon = Nothing is free in the next days.
offer-facts = { $price ->
    [Free] { $minutes }, free.
   *[other] { $minutes }, { $price }.
}
once-per-family = Once per family.
clients-only-short = For families I have met.
clients-only-link = How it works
busy-booking = Booking…
busy-cancelling = Cancelling…
busy-moving = Moving…
busy-sending = Sending…
busy-saving = Saving…
busy-confirming = One moment…
busy-leaving = One moment…

ways-video = { $minutes }, by video.
ways-phone = { $minutes }, by phone.
ways-video-phone = { $minutes }, by video or phone.
ways-office = { $minutes }, at the office.
ways-home = { $minutes }, at your home.
ways-office-home = { $minutes }, at the office or at your home.
ways-video-office = { $minutes }, by video or at the office.
ways-phone-office = { $minutes }, by phone or at the office.
ways-video-phone-office = { $minutes }, by video, by phone or at the office.
ways-video-home = { $minutes }, by video or at your home.
ways-phone-home = { $minutes }, by phone or at your home.
ways-video-phone-home = { $minutes }, by video, by phone or at your home.
ways-video-office-home = { $minutes }, by video, at the office or at your home.
ways-phone-office-home = { $minutes }, by phone, at the office or at your home.
ways-video-phone-office-home = { $minutes }, by video or phone, at the office or at your home.
by-postcode = The times depend on how far it is.
by-postcode-link = Type your postcode

visit-video = { $offering }, { $minutes } by video.
visit-phone = { $offering }, { $minutes } by phone.
visit-telehealth = { $offering }, { $minutes } by video or phone.
visit-office = { $offering }, { $minutes } at the office.
visit-home = { $offering }, { $minutes } at your home.
visit-zone = { $zone }.
visit-zones = { $zone }; for me that is { $other }.

field-name = Your name
field-email = E-mail
field-email-hint = For the invitation and the link to your appointment.
field-phone = Phone
field-phone-choice = For a phone visit { $name } calls this number. With video, only in case the picture fails.
field-phone-call = { $name } calls you at this number.
field-phone-office = Only in case you are late, or I am.
field-phone-home = Only in case I do not find the door, or am late.
field-address = Your address
field-address-hint = Street, number, and what helps me to find the door. The postcode is { $postcode }.
field-baby = { $number ->
    [1] Your baby’s name
   *[other] Name
}
field-born = Birth date, or due date
field-second = Somebody else’s e-mail
field-second-hint = Gets the invitation and reminders too, but never what you write to me.
family-title = Your baby, and who else shall know
family-twins = Twins or more?
second-title = Shall somebody else know?
second-text = A partner, a grandmother: gets the invitation and reminders too, but not this page.
second-save = Save
second-nobody = Nobody else
saved-title = Saved.
follow-up-button = Book the next visit
carried-title = What you typed is kept.
carried-text = Choose a time, and it stands in the form again.
field-postcode = Your postcode
field-postcode-hint = Then I know how far it is, and which times fit.

problem-name-missing = I would like to know what to call you. A first name is enough.
problem-name-unusable = Only a name, please: no links and no line breaks.
problem-name-too-long = That is longer than 60 characters. A shorter form is fine.
problem-email-missing = Without an address I cannot send you the invitation.
problem-email-unusable = This is not a whole address yet. It looks like name@example.com.
problem-email-too-long = That is longer than an address can be. Look for something pasted twice.
problem-phone-missing = I need a number to call you. Or choose video above.
problem-phone-unusable = I cannot dial that. Digits, blanks, dashes and a leading plus are fine.
problem-phone-too-long = That is longer than a number can be.
problem-channel-missing = Choose one of the two.
problem-channel-unusable = Choose one of the two.
problem-channel-too-long = Choose one of the two.
problem-born-unusable = This is not a whole date yet.
problem-born-too-long = That is too far away. Look at the year once more.
problem-address-missing = Without the address I cannot come.
problem-address-unusable = Only letters, figures and the usual signs, please.
problem-address-too-long = That is longer than 300 characters. Street, number and town are enough; the rest you can tell me by phone.

part-morning = Morning
part-afternoon = Afternoon
part-evening = Evening

### Home
home-offerings = What I offer
home-offerings-text = Each of them has its own times. Take one that suits you; there is no account to make.
home-next = Next free { $when }.
home-all-services = All services and packages
home-about = I am { $name }
home-posts = To read at night
home-posts-text = Short, and as exact as I can make them.
home-all-posts = All articles

### The newsletter, wherever it is offered
letter-title = A letter, now and then
letter-lead = What helps in the weeks after birth, in plain words. About twice a month, never more.
letter-articles = Articles like this one, about twice a month.
letter-button = Send me the letters
letter-next = Next: check your inbox
letter-small = You confirm it in your inbox. Every letter has a link to leave in one tap.
letter-two-steps = Two steps, so that nobody can sign you up but you. Your address is never shared; every letter has a link to leave in one tap.
letter-topics = I write about new articles, free and paid offerings, and other news. When you have confirmed you can choose among them.

### Services
services-unsure = Not sure what you need?
services-unsure-text = Start with the free quarter of an hour. We find out together whether a longer visit would help, and if not, I say so.
packages-title = Packages
packages-text = Several visits at one price. Each disc is a visit. Book them one at a time, when you need them.
package-visit = { $count } × { $name }
package-way-telehealth = by video or phone
package-way-office = at the office
package-way-home = at your home
package-trip-included = the trip is included
package-months = { $months ->
    [one] To use within a month of the first visit.
   *[other] To use within { $months } months of the first visit.
}
package-saves = { $amount } less than one by one.
packages-buy = You pay once, and book each visit when you need it.
package-see = Look closer
package-year = Within a year at most.
package-buy = Buy it for { $price }
package-how = Nothing is charged here. You read next how to pay; when the payment is there, a link to book each visit comes by mail.
package-email-hint = The link to book each visit goes there.
purchase-title = Your package
purchase-awaiting-payment = Waiting for payment
purchase-active = It is yours
purchase-expired = Its time is over
purchase-until = Its visits start before { $when }.
purchase-was-until = Its visits could start until { $when }.
purchase-waits = Not paid yet
purchase-waits-text = When the payment is there, I write to you, and each visit can be booked from this page.
purchase-holds = { $count ->
    [one] 1 visit
   *[other] { $count } visits
}
purchase-left = { $count } of { $of } left
purchase-book = Book one
purchase-link = Keep the address of this page: whoever has it can book from your package.
policy-short = Cancelling is free until { $hours } hours before. Birth, illness, hospital or loss are never charged.

### Booking: the times
all-services = All services
book-free-until = Free to cancel until { $hours } hours before.
book-how = How shall we meet?
mode-telehealth = Video or phone
mode-telehealth-hint = from anywhere
mode-in_person = In person
mode-in_person-hint = face to face
book-where = Where?
place-office = At the office
place-office-hint = you come to me
place-home = At your home
place-home-hint = I come to you
book-trip = The trip to { $postcode } is { $fee } more.
book-trip-free = The trip to { $postcode } costs nothing more.
outside-title = { $postcode } is farther than I drive.
outside-text = I would like to see you all the same:
outside-alone = Write to { $name } or call: often something can be arranged.
outside-office = See times at the office
outside-telehealth = See times by video or phone
book-show-times = Show times
book-mail = You get an e-mail with an invitation for your calendar and one link to move or cancel it.
book-days = The days of a week
book-month = Show more days
book-month-label = The days of five weeks
book-earlier = Earlier
book-later = Later
book-key-free = has free times
book-key-none = none
day-free = { $count } free
day-none = none
day-closed = closed
day-outside = –
time-taken = taken
book-zone = Times in <b>{ $zone }</b>
book-zone-hers = Times in <b>{ $zone }</b>, yours
book-zone-in_person = Times at the office, <b>{ $zone }</b>
book-zone-home = Times at your home, <b>{ $zone }</b>
book-zone-change = Change zone
embed-all-times = See all times
embed-new-tab = It opens in a new tab, on the site of { $practice }.
book-zone-label = Where are you?
book-zone-button = Show these times
book-nothing-fits = Nothing that fits?
book-about = What happens in it
book-policy = If it has to be cancelled
taken-title = { $time } was taken a moment ago.
taken-text = Nothing is lost. The nearest free times:
taken-none = Nothing is lost, but it was the last time I could offer. Look at the other days, or write to me.
taken-form-text = Nothing is lost: everything you typed is still here. Take one of these with one tap:
clients-only-title = For families I have met
clients-only-text = This visit comes after a first one. When we have met, { $name } sends you a link to book it, or it is part of your package.
empty-day-telehealth = Nothing is free on that day.
empty-day-in_person = The office has no time on that day.
empty-day-home = I have no time to come on that day.
empty-week-telehealth = Nothing is free this week.
empty-week-in_person = The office has no time this week.
empty-week-home = I have no time to come this week.
empty-all-telehealth = Everything is taken for now.
empty-all-in_person = The office is full for now.
empty-all-home = I have no time to come for now.
empty-next = The next one I can offer is <b>{ $when }</b>.
empty-see-day = See that day
empty-write = New times open every day, a month ahead. Write to { $name } or call: often something can be arranged.
empty-other-telehealth = In person there is time
empty-other-in_person = By video or phone there is time

### Booking: the form
form-title = Almost yours
form-back = Back to the times
form-change = Change
form-home = At your home, { $postcode }.
form-channel = Video or phone?
channel-video = Video
channel-video-hint = You get a link
channel-phone = Phone
channel-phone-hint = { $name } calls you
form-look = Please look at:
form-look-channel = video or phone
form-look-name = your name
form-look-email = your e-mail
form-look-phone = your phone
form-look-address = your address
form-look-family = your baby, or the second e-mail
form-kept = Everything you typed is still here.
form-take = Take { $when }
form-book = Book { $when }
form-again = Try { $when } again
form-by-credit = Your package pays this visit.
form-by-credit-trip = Your package pays this visit. The trip costs { $price }, to be paid at the visit.
form-free = Free. You can cancel until it begins, with one tap.
form-pay-before = { $price }. Nothing is charged here: next you see how to pay, and I keep the time for you meanwhile.
form-pay-at-visit = { $price }, paid at the visit.
form-trip = That is { $visit } for the visit and { $trip } for the trip.
form-cancel-until = Cancelling is free until { $when }.
form-privacy = What you type stays with me: <a class="link" href="/privacy">what is kept, and why</a>.

refused-once-per-family = The free mini-consult is there once per family.
refused-once-per-family-text = It looks as if it was had already. The next step is a longer visit, where we have time for a whole feed. If that cannot be right, call or write.
refused-once-per-family-link = See the longer visit
refused-too-soon = That is too soon for me now.
refused-too-soon-text = I need a little time to be ready. What you typed is still here; choose a later time.
refused-too-soon-link = See later times
refused-too-far = That is further ahead than I plan.
refused-too-far-text = What you typed is still here; choose a nearer day.
refused-too-far-link = See the days
refused-not-offered = I do not offer that time.
refused-not-offered-text = What you typed is still here; choose one of the times on the page.
refused-not-offered-link = See the times
refused-outside-area = That postcode is farther than I drive.
refused-outside-area-text = What you typed is still here. I would like to see you all the same, at the office or by video.
refused-outside-area-link = See the other ways
refused-clients-only = This visit is for families I have met.
refused-clients-only-text = { $name } sends you a link to book it after a first visit.
refused-clients-only-link = See the other visits
refused-two-waiting = Two visits of yours are waiting already.
refused-two-waiting-text = When one of them is paid, over or cancelled, you can book another one. If you need it sooner, call or write.
refused-two-waiting-link = See the services
refused-no-credit = Your package has no such visit left.
refused-no-credit-text = All of them are booked. What you typed is still here.
refused-no-credit-link = Open your package
refused-too-many = Those were many bookings in a short time.
refused-too-many-text = To keep robots away I ask you to wait a little. Nothing you typed is lost. If it is pressing, call.
refused-too-many-link = See the times

### One appointment
state-booked = It is booked, { $name }
state-confirmed = Confirmed
state-paid = Confirmed and paid
state-awaiting-payment = Kept for you, not yet confirmed
state-expired = No longer kept
state-cancelled = Cancelled
state-completed = This visit is over
state-no-show = We missed each other
join-title = We meet at { $time }
join-button = Join
ring-title = { $name } calls you at { $time }
ring-number = She calls { $number }. Keep the phone near; the number may be hidden.
join-out = If it does not work, call
kept-until = Kept for you until { $when }
kept-text = The price is { $price }. As soon as it is paid you get an e-mail with the invitation for your calendar.
kept-how = How to pay
expired-text = The payment did not come in time, so the time is free for others again. Nothing is charged. You can try to take it again.
cancelled-text = Nothing more to do. The entry in your calendar goes away by itself, or you can delete it.
cancelled-fee = It was late, and { $fee } of the price stays charged. If that is not right, call or write to me.
completed-text = It was good to see you.
no-show-text = I was there at the time. Call or write, and we find out together what happens next.
no-show-fee = By the terms of the booking { $fee } of the price stays charged.
again-button = See the times
row-mail = An e-mail is on its way
row-mail-text = With the invitation for your calendar, and the link to this page.
row-ring = { $name } calls you
row-ring-text = At { $number }.
row-video = The video link
row-video-text = It opens from 15 minutes before, here on this page too. You need nothing but your phone.
row-pay = { $price }
row-pay-text = To be paid at the visit.
pay-trip = { $fee } of it is for the trip.
moved-title = It is moved
moved-text = An e-mail with the new time is on its way.
row-move = Move it
row-move-until = To another free time, until { $when }.
row-move-late = It is too near by now to be moved here. Often something can be arranged: call { $name },
row-move-late-write = It is too near by now to be moved here. Often something can be arranged:
row-cancel = Cancel it
row-cancel-free = At any time until it begins. Nothing is charged.
row-cancel-until = Free until { $when }. Birth, illness, hospital or loss: nothing is charged automatically, however late.
row-cancel-late = { $fee } is kept by now. Birth, illness, hospital or loss: nothing is charged automatically.
row-cancel-credit-until = Until { $when } the visit goes back into your package. For birth, illness, hospital or loss: always.
row-cancel-credit-used = By now it counts as used in your package. For birth, illness, hospital or loss it goes back.
appointment-out = Anything else? Call { $name }:
office-title = Getting here
home-title = Where I come to
home-text = Is it another address by then? Tell { $name }:
calendar-title = Put it in your calendar
calendar-apple = Apple and others
calendar-google = Google
calendar-outlook = Outlook
calendar-discreet = It will say “{ $title }” and nothing more.

### Moving
move-title = When suits you better?
move-now = Now it is { $day }, { $time }.
move-until = You can move it until { $when }.
move-stays = That stays as it is.
move-zone-place = Times where we meet, <b>{ $zone }</b>
move-to-title = Move it to this time?
move-from = From
move-to = To
move-button = Move it to { $when }
move-rest = Everything else stays as it is, this link too. Your calendar follows by the e-mail that comes at once.
move-near = That is near: from then on it cannot be moved here again.
move-near-fee = If you cancel it then, { $fee } is kept.
move-kept = It still waits for the payment, and I keep it until { $when }.
move-keep = No, leave it where it is
move-taken-text = Nothing is lost: your visit stands where it was. Take one of these with one tap:
move-taken-none = Nothing is lost: your visit stands where it was. Look at the other days, or write to me.
move-refused-too-soon = I need a little time to be ready. Your visit stands where it was; choose a later time.
move-refused-too-far = Your visit stands where it was; choose a nearer day.
refused-credit-over = Your package is over by then.
refused-credit-over-text = Its visits start before that day. What you typed is still here; choose an earlier time.
refused-credit-over-link = Open your package
refused-credit-way = Your package does not pay this visit when it is held this way.
refused-credit-way-text = Its page says how its visits are held. What you typed is still here.
refused-credit-way-link = Open your package
refused-credit-unpaid = Your package is not paid yet.
refused-credit-unpaid-text = When the payment is there, its visits can be booked. What you typed is still here.
refused-credit-unpaid-link = Open your package
refused-credit-other = Your package holds no visit of this kind.
refused-credit-other-text = Its page shows which visits it holds. What you typed is still here.
refused-credit-other-link = Open your package
move-refused-credit-over = Your visit stands where it was; choose an earlier day.
move-refused-not-offered = Your visit stands where it was; choose one of the times on the page.
move-late-title = Too near to move it here
move-late-text = Until { $when } you could move it yourself.
move-late-out = Call { $name } or write: often something can be arranged.
move-late-call = Call { $phone }

### Cancelling
cancel-title = Cancel this visit?
cancel-back = Back to the appointment
cancel-why = One tap on the reason
cancel-why-text = You do not have to explain. For these, nothing is charged now, whatever the hour.
cancel-birth = The baby is coming, or came
cancel-illness = Someone is ill
cancel-hospital = We are in the hospital
cancel-loss = We have had a loss
cancel-nothing = Nothing is charged now
cancel-other = Any other reason
cancel-charge-nothing-paid = Nothing is charged.
cancel-charge-in-time = You are in time: nothing is charged, and whatever you paid comes back.
cancel-charge-part = It is late by now: { $fee } is charged.
cancel-charge-whole = It is late by now: the whole price, { $fee }, is charged.
cancel-charge-credit-back = You are in time: the visit goes back into your package.
cancel-charge-credit-used = It is late by now: the visit counts as used in your package.
cancel-note = A word for me
cancel-note-hint = Only { $name } reads it.
cancel-button = Cancel the visit
cancel-keep = No, keep it
cancel-late-title = Too late to cancel it here
cancel-late-text = It began { $when }, and until then it could be cancelled here.
cancel-late-out = Call { $name } or write: what happened counts more than the hour.

### The newsletter in two steps
rise-label = How far you are
rise-one = 1. Your address
rise-two = 2. Your inbox
rise-done = , done
inbox-title = One more step: check your inbox
inbox-to = A letter is on its way to <strong>{ $email }</strong>.
inbox-tap = Open it and tap <b>Yes, send me the letters</b>, on any device.
inbox-follows = This page follows by itself.
inbox-outbox = Look into the outbox
inbox-outbox-text = This installation keeps its mails here instead of sending them.
inbox-nothing = Nothing there after two minutes?
inbox-nothing-text = Look in spam or “Promotions” for a mail from { $from }.
inbox-wrong = Typed it wrong?
inbox-wrong-text = Start again with another address
inbox-again = Send it once more
inbox-again-at = Possible from { $time }
inbox-again-now = To the same address
inbox-sent-again = It is on its way once more.
confirm-title = One tap, and you are in
confirm-button = Yes, send me the letters
confirm-text = If you did not ask for this, close the page. Nothing happens.
confirmed-title = Welcome. That’s all.
confirmed-text = The next letter comes when there is something worth saying.
confirmed-read = Read “{ $title }”
confirmed-elsewhere = To choose topics or to leave, use the link in the e-mail.
topics-question = What may I write about?
topic-blog-posts = Articles
topic-blog-posts-hint = new ones, as they appear
topic-free-offerings = Free offerings
topic-free-offerings-hint = mini-consults, open mornings
topic-paid-offerings = Paid offerings
topic-paid-offerings-hint = new visits and packages
topic-other-news = Other news
topic-other-news-hint = holidays, changes of hours
topics-save = Save what I chose
topics-leave = Stop all letters
lost-expired = This link is too old
lost-expired-text = Links to confirm last for a few days. Sign up once more, and a fresh one is in your inbox in a minute.
lost-unknown = I do not know this link
lost-unknown-text = It may have been cut in two by a mail program. Try it once more from the e-mail, whole, or sign up afresh.
lost-button = Sign up afresh
preferences-title = Your letters
preferences-for = They go to <strong>{ $email }</strong>.
preferences-saved = Saved. It holds from the next letter on.
preferences-left = You get no letters. Mails about your appointments go on.
preferences-leave-title = Enough of them?
preferences-leave-text = One tap, no questions. Mails about your appointments go on.
unsubscribe-title = Stop the letters?
unsubscribe-button = Yes, stop them
unsubscribe-text = One tap, no questions. Mails about your appointments go on.
unsubscribe-less = Fewer letters instead
left-title = You’re out
left-text = No more letters. Thank you for having read some.
left-appointments = Mails about your appointments go on; they are no newsletter.
left-undo = Undo
left-undo-until = possible until { $time }
left-again = Sign up again
undone-title = You are back
undone-text = As if nothing had happened: the letters go on as before.

### Articles
posts-text = What I find myself saying most often, written down for the hours when you cannot call.
posts-older = Older ones
posts-none = There is nothing here yet.
posts-none-button = Tell me when there is
article-minutes = { $count ->
    [one] One minute to read.
   *[other] { $count } minutes to read.
}
article-contents = In this article
article-offer = Still unsure? Ask me.

### Contact
contact-title = Write to me, or call
contact-text = A person reads it: me. I answer within a working day, mostly sooner.
contact-email = For questions, packages, and anything you would rather write
contact-phone = If I do not answer I am with a family; leave a word, and I call back
contact-packages = Packages
contact-packages-text = Not sure which one fits? Write to me, and I tell you what I would take.
contact-post = By post

### Privacy
privacy-title = What I keep, and why
privacy-lead = Your information is never shared or sold. No page and no e-mail of mine loads anything from another company, and nothing follows what you read.
privacy-booking = When you book
privacy-booking-text = Your name, your e-mail address, your phone number if you gave it, your time zone, the address of a visit at your home, what you tell me of your baby’s name and date, the e-mail of whom else I shall invite, and the visit itself: to hold the visit, to reach you about it, and because I must be able to show what was agreed. Your home's address, what you answer before a visit, and a note you write when you cancel, are kept sealed, so that only I can read them. What you agree to is kept word for word.
privacy-letters = When you ask for letters
privacy-letters-text = Your address, the topics you chose, and the proof that you said yes: when, on which page, and the words you agreed to. If you leave, I keep that you left, so that no letter reaches you by mistake.
privacy-mail = E-mails about your visits
privacy-mail-text = What an e-mail said is deleted here { $days } days after it was sent. Its subject never says what the visit is about. It holds no hidden picture, and no link that counts you.
privacy-machine = What the machine notes
privacy-machine-text = To keep robots away, the network you come from is counted for an hour and then forgotten. The log of the machine holds no names, no addresses and nothing you typed. One cookie remembers your time zone, and where a free visit cannot be booked again, one keeps your name, e-mail and number for half an hour, for the next form. When you sign up for the letters, three more remember for a day the address you typed, so that the page can show it back and follow your confirmation by itself. None follows you elsewhere.
privacy-others = Who else sees something
privacy-others-text = The buttons for Google and Outlook calendars hand them the time and “Appointment with” my name, only when you tap them. When I look up the way to your home, a map service is asked for your address. A video call runs over the service its link names. Nobody else.
privacy-rights = What you can ask for
privacy-rights-text = A copy of what I have about you, a correction, or that I delete it. What belongs to your care I have to keep as long as the law says; everything else goes at once. Write to

### The outbox
outbox-text = This installation keeps its mails here instead of sending them, so that you can try everything without a mail server.
outbox-to = to { $to }
outbox-older = Older ones
outbox-empty = No mail yet. Book a visit or ask for the letters, and look again.
outbox-all = All mails
mail-from = From
mail-to = To
mail-reply-to = Answers to
mail-when = Written
mail-attachment = Attached
mail-html = As a mail program shows it
mail-text = As plain text
mail-eml = Download it as a file
