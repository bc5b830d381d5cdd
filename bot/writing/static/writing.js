// Draws the page anew when the file of the script was saved, and keeps the place in it; a walk goes on without a new page.
// Without this script everything on the page still works.

const EVERY = 400;
let drawing = false;

/** What the reader looks at: the first part that is in view, and how far from the top it stands. */
function place() {
  const parts = [...document.querySelectorAll(".card, #loop")];
  const seen = parts.find((part) => part.getBoundingClientRect().bottom > 0);
  return seen ? { id: seen.id, top: seen.getBoundingClientRect().top } : null;
}

/** Puts a new drawing in the place of the old one. */
function take(text, keep) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const before = place();
  const typed = keep ? document.querySelector("#tekst")?.value : "";
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll("details")].map((one) => one.open);
  document.querySelector("main").replaceWith(fresh.querySelector("main"));
  document.title = fresh.title;
  const input = document.querySelector("#tekst");
  if (keep) {
    if (input && typed) input.value = typed;
    document.querySelectorAll("details").forEach((one, at) => { one.open = open[at] ?? false; });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  } else {
    (input ?? document.querySelector("#loop"))?.focus({ preventScroll: true });
  }
  const again = before && document.getElementById(before.id);
  if (again) scrollBy({ top: again.getBoundingClientRect().top - before.top, behavior: "instant" });
  const talk = document.querySelector(".talk");
  if (talk) talk.scrollTop = talk.scrollHeight;
}

/** Asks for a drawing: of the walk in these fields, or of the script alone. */
async function draw(fields, keep) {
  drawing = true;
  try {
    const body = fields ? new URLSearchParams(fields) : undefined;
    const answer = await fetch("/", { method: body ? "POST" : "GET", body });
    if (answer.ok) take(await answer.text(), keep);
  } finally {
    drawing = false;
  }
}

/** The walk as it is now, to be drawn again. */
function walking() {
  const form = document.querySelector("#loop form.row input[name=weg]")?.form;
  return form ? new FormData(form) : null;
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  draw(new FormData(event.target, event.submitter), false).catch(() => event.target.submit());
});

async function watch() {
  try {
    const answer = await fetch("/stempel");
    const { stempel } = await answer.json();
    document.querySelector("#gone").hidden = true;
    if (!drawing && stempel !== document.querySelector("main").dataset.stamp) await draw(walking(), true);
  } catch {
    document.querySelector("#gone").hidden = false;
  }
  setTimeout(watch, EVERY);
}

watch();
