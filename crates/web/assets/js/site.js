// Makes working pages quicker; every one of them works without it. Nothing is loaded from elsewhere, nothing is counted.

document.documentElement.classList.add("js");

// Her zone: told to the server once by a cookie that she can overrule. A page whose times stand in another zone is
// loaded anew, once a visit. A browser that says UTC mostly hides where it is: then the practice's zone is the better one.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (/^[\w+\/-]+$/.test(zone) && !/^(UTC|Etc\/)/.test(zone) && !/(^|; )zone=/.test(document.cookie)) {
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  const shown = document.body.dataset.zone;
  const asked = new URLSearchParams(location.search).has("zone");
  if (shown && shown !== zone && !asked && document.cookie.includes("zone=")) location.reload();
}

// A choice that needs no button.
for (const input of document.querySelectorAll("input[data-send]")) {
  input.addEventListener("change", () => input.form.requestSubmit());
}

// A pressed button says what it does, stays in its place, and a second press is harmless.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 10000);
    const button = event.submitter;
    if (button?.dataset.busy) {
      button.dataset.said = button.innerHTML;
      button.style.minWidth = `${button.offsetWidth}px`;
      button.textContent = button.dataset.busy;
    }
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-said]")) {
    button.innerHTML = button.dataset.said;
    delete button.dataset.said;
  }
});

// The first thing to look at.
document.querySelector("[aria-invalid=true]")?.focus();

// The link in the mail, opened in the browser that signed up, confirms by itself.
document.querySelector("form[data-follow]")?.requestSubmit();

// The page at 50 % follows when the link was tapped elsewhere: it asks for ten minutes, less and less often.
const poll = document.querySelector("[data-poll]")?.dataset.poll;
if (poll) {
  let wait = 3000;
  const until = Date.now() + 600000;
  const ask = async () => {
    try {
      const answer = await fetch(poll, { headers: { accept: "application/json" } });
      if (answer.ok && (await answer.json()).confirmed) return location.assign("/newsletter/check-inbox");
    } catch {
      // The next question may be answered.
    }
    wait = Math.min(wait * 1.2, 15000);
    if (Date.now() < until) setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
}
