// For another site: puts a page of ours into each element that says which, and gives it its height.
//   <div data-goldenhour="book/free-mini-consult"><a href="…">Book a time</a></div>
// What stands inside is shown until then, and where no script runs.
(() => {
  const script = document.currentScript;
  if (!script) return;
  const home = new URL(script.src).origin;
  const frames = new Map();
  addEventListener("message", (event) => {
    const frame = event.origin === home && frames.get(event.source);
    const height = Number(event.data?.goldenhour);
    if (frame && height > 0 && height < 10000) frame.style.height = `${Math.ceil(height)}px`;
  });
  const place = () => {
    for (const here of document.querySelectorAll("[data-goldenhour]")) {
      const what = here.dataset.goldenhour;
      if (!/^(newsletter|book\/[a-z0-9-]+)$/.test(what)) continue;
      const frame = document.createElement("iframe");
      frame.src = `${home}/embed/${what}`;
      frame.title = here.dataset.title || here.textContent.trim() || "Goldenhour";
      frame.loading = "lazy";
      Object.assign(frame.style, { width: "100%", height: "28rem", border: "0", colorScheme: "normal" });
      here.removeAttribute("data-goldenhour");
      here.replaceChildren(frame);
      frames.set(frame.contentWindow, frame);
    }
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", place);
  else place();
})();
