# What is asked before a visit, and what is agreed to.

### A question, wherever it stands
intake-needed = (I need this one)
intake-yes = Yes
intake-no = No
intake-no-answer = No answer
intake-look-consent = what you agree to
intake-consents = What I ask you to agree to
intake-consent-voluntary = If you like:

intake-problem-missing = I need this before we can meet.
intake-problem-consent-missing = I need your yes to this before we can meet.
intake-problem-consent-changed = These words have changed since you opened the page. Read them again, and tick them if you agree.
intake-problem-not-a-text = Write it in your own words.
intake-problem-not-a-choice = Take one of these, please.
intake-problem-not-a-date = There is no such day. Look at the day and the month again.
intake-problem-not-yes-or-no = Yes or no?
intake-problem-not-a-number = Only a number, please, such as 38 or 3.5.
intake-problem-too-long = That is longer than 4,000 characters. The rest you can tell me when we meet.

### The page before the visit
intake-title = A few questions before we meet
intake-back = Back to the appointment
intake-lead = So that we can begin with what matters. What you leave out, we talk about.
intake-private = Only { $name } reads it. It is kept sealed.
intake-saves = It saves itself as you type.
intake-save = Save
intake-saved-title = Saved
intake-saved-text = You can change it until we meet.
intake-saved-missing = { $count ->
    [one] One thing that I need is still open.
   *[other] { $count } things that I need are still open.
}
intake-look = Saved, except for:
intake-look-text = What you typed there is still here.
intake-saving = Saving…
intake-saved-at = Saved { $time }
intake-saved-part = Saved { $time }, except what is marked
intake-lost = No connection just now. Your words stay here, and I try again by myself.
intake-nothing-asked = There is nothing that I have to know before we meet.

### The same page after the visit
intake-told-title = What you told me
intake-told-text = The visit is over, so it stays as it is.
intake-told-nothing = Nothing was filled in.
intake-agreed-at = Agreed { $when }
intake-not-agreed = Not agreed

### The row on the appointment's page
row-intake = A few questions before we meet
row-intake-missing = { $count ->
    [one] One thing that I need is still open. It takes a minute.
   *[other] { $count } things that I need are still open. It takes a few minutes.
}
row-intake-untouched = If you like, so that we can begin with what matters.
row-intake-complete = Filled in. You can change it until we meet.
row-intake-told = What you told me before the visit
