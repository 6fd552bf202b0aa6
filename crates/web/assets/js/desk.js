// The desk without this script works the same; it only copies, and answers a press at once.

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  if (!field || !navigator.clipboard) continue;
  const words = button.textContent;
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, 2500);
    } catch {
      field.focus();
    }
  });
}

// A part that answers in its own place: the rest of the page, and what is typed there, stays as it is.
const part = document.querySelector("[data-in-place]");
const ask = async (url, focus) => {
  try {
    const answer = await fetch(url);
    if (!answer.ok || answer.redirected) throw new Error();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    (document.getElementById("because") ?? document.getElementById(focus))?.focus();
  } catch {
    location.assign(url);
  }
};
const asked = (form, button) => {
  const url = new URL(form.action);
  url.search = new URLSearchParams(new FormData(form, button));
  return url;
};
part?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/admin/hours?day']");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  ask(new URL(link.href), "day");
});
part?.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(asked(event.target, event.submitter), event.submitter?.name === "why" ? "time" : "day");
});
part?.addEventListener("change", (event) => {
  if (event.target.id === "time" || event.target.id === "postcode") return;
  ask(asked(event.target.form), event.target.id);
});

for (const form of document.querySelectorAll("form")) {
  if (part?.contains(form)) continue;
  form.addEventListener("submit", (event) => {
    // What fills a frame leaves the form as it is.
    if (event.submitter?.hasAttribute("formtarget")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button?.dataset.busy) button.textContent = button.dataset.busy;
  });
}

// A page taken back from the browser's memory is fresh again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// What goes on by itself is looked at again, in its place, until it is over.
const live = document.querySelector("[data-live]");
const lookAgain = async () => {
  try {
    const answer = await fetch(live.dataset.live);
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(live.id);
    const open = [...live.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
    if (live.contains(document.activeElement) && document.activeElement.matches("button, input")) return setTimeout(lookAgain, 2000);
    live.replaceChildren(...document.importNode(fresh, true).childNodes);
    for (const summary of live.querySelectorAll("summary")) if (open.includes(summary.textContent)) summary.parentElement.open = true;
    if (fresh.dataset.live) setTimeout(lookAgain, 2000);
  } catch {
    setTimeout(lookAgain, 5000);
  }
};
if (live) setTimeout(lookAgain, 1000);

// How a letter looks, a moment after each change; without this script a button shows it.
const shown = document.querySelector("[data-preview]");
if (shown) {
  let way = shown.querySelector("button");
  let soon;
  // A fresh frame each time: what it showed before is no step for the browser's way back.
  const look = () => {
    const frame = document.querySelector("iframe[name=preview]");
    frame.replaceWith(frame.cloneNode());
    way.form.requestSubmit(way);
  };
  shown.addEventListener("click", (event) => { way = event.target.closest("button") ?? way; });
  for (const field of way.form.querySelectorAll("#title, #text")) {
    field.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(look, 600); });
  }
  if (way.form.querySelector("#text").value) look();
}
