// Answers are kept as they are typed: each field a moment after it was left alone, in the order of typing. Without this
// script the button keeps them all. What could not be sent stays in its field and is sent again.

const form = document.querySelector("form[data-intake]");
const said = form?.querySelector(".keeps");
const changed = new Set();
let timer;
let sending = false;

const say = (words, time = "") => {
  said.textContent = words.replace("…", time);
};

// Shows or hides what is wrong with a field. The words are on the page already.
const mark = (name, wrong) => {
  const fields = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const owner = fields[0]?.closest("fieldset[id]") ?? fields[0];
  const problem = owner && document.getElementById(`${owner.id}-problem`);
  if (!problem) return;
  problem.hidden = !wrong;
  for (const field of fields) {
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  const others = (owner.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((id) => id && id !== problem.id);
  if (wrong) others.push(problem.id);
  if (others.length) owner.setAttribute("aria-describedby", others.join(" "));
  else owner.removeAttribute("aria-describedby");
};

const later = (wait) => {
  clearTimeout(timer);
  timer = setTimeout(() => save(), wait);
};

// Who leaves the page does not wait for what is under way.
async function save(leaving = false) {
  clearTimeout(timer);
  if ((sending && !leaving) || changed.size === 0) return;
  sending = true;
  const names = [...changed];
  changed.clear();
  const typed = new FormData(form);
  const body = new URLSearchParams();
  for (const name of names) {
    for (const value of typed.getAll(name)) body.append(name, value);
    if (name.startsWith("consents.")) body.append("shown", name.slice("consents.".length));
  }
  say(said.dataset.saving);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" }, keepalive: true });
    if (answer.status === 404 || answer.status === 409) return location.reload();
    if (!answer.ok) throw new Error("not kept");
    const kept = await answer.json();
    // The words of a consent are others by now: she has to read them.
    if (kept.problems.some((name) => name.startsWith("consents."))) return location.reload();
    for (const name of names) mark(name, kept.problems.includes(name));
    say(kept.problems.length ? said.dataset.part : said.dataset.saved, kept.saved_at);
    if (changed.size) later(150);
  } catch {
    for (const name of names) changed.add(name);
    say(said.dataset.lost);
    later(8000);
  } finally {
    sending = false;
  }
}

if (said) {
  said.hidden = false;
  say(said.dataset.begin);
  const note = (event) => {
    if (!event.target.name) return;
    changed.add(event.target.name);
    later(event.type === "change" ? 150 : 1200);
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  // The button sends everything, so nothing is left to be sent.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    changed.clear();
  });
  addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
}
