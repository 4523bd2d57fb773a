// A form that was sent waits for its answer; sending it again does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  else form.setAttribute("aria-busy", "true");
});

// A page that comes back out of the browser's memory can be sent anew.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// A line that a tap moved takes the focus along: by the keyboard the page follows it, by a finger the page stays.
let moved = null;
document.addEventListener("htmx:beforeRequest", ({ target }) => {
  const id = target.dataset?.leadsTo;
  moved = id ? { id, still: !document.activeElement?.matches(":focus-visible") } : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (moved) document.getElementById(moved.id)?.focus({ preventScroll: moved.still });
  moved = null;
});
