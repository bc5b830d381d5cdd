// What is on the page: bubbles, the live input, the crisis card. Text is always set as text.
// The Dutch of the page stands in index.html, in templates and data attributes.

export const $ = (id) => document.getElementById(id);

const copy = (id) => $(id).content.firstElementChild.cloneNode(true);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

export function text(key, values = {}) {
  return fill($("texts").content.querySelector(`[data-key="${key}"]`).textContent, values);
}

function button(label, press) {
  const it = document.createElement("button");
  it.type = "button";
  it.textContent = label;
  it.addEventListener("click", press);
  return it;
}

// --- bubbles -----------------------------------------------------------------------------

const KINDS = ["say", "ask", "reflect", "refer", "crisis", "report", "error"];

export function bubble(message, download) {
  const it = copy(message.from === "doctor" ? "doctor" : "bot");
  it.querySelector(".text").textContent = message.text ?? "";
  if (message.from !== "doctor") it.classList.add(KINDS.includes(message.kind) ? message.kind : "say");
  if (message.links?.length) it.append(links(message.links));
  if (message.kind === "report") {
    for (const old of $("log").querySelectorAll(".report-files")) old.remove();
    const files = copy("report");
    files.addEventListener("click", ({ target }) => target.dataset.format && download(target.dataset.format));
    it.append(files);
  }
  $("log").append(it);
  return it;
}

/** Only telephone, mail and https become links; anything else stays text. */
function links(list) {
  const all = document.createElement("ul");
  all.className = "links";
  for (const { label, href } of list) {
    const good = /^(tel:|mailto:|https:\/\/)/i.test(href ?? "");
    const it = document.createElement(good ? "a" : "span");
    it.textContent = label ?? href;
    if (good) it.href = href;
    if (good && /^https:/i.test(href)) Object.assign(it, { target: "_blank", rel: "noopener noreferrer" });
    const item = document.createElement("li");
    item.append(it);
    all.append(item);
  }
  return all;
}

/** Brings a bubble to the top, or as far up as what follows it goes. */
export function reveal(first) {
  first?.scrollIntoView({ block: "start" });
}

export function showCrisis(message) {
  const words = document.createElement("p");
  words.className = "text";
  words.textContent = message.text ?? "";
  $("crisis").hidden = false;
  $("crisis-body").replaceChildren(words, links(message.links ?? []));
  $("crisis").scrollTop = 0;
}

export function showProgress(script) {
  const shown = Boolean(script?.of) && script.state !== "done";
  $("progress").hidden = !shown;
  if (!shown) return;
  const label = $("progress").querySelector("label");
  label.textContent = fill(label.dataset[script.state] ?? label.dataset.running, script);
  $("progress-bar").max = script.of;
  $("progress-bar").value = script.step;
}

// --- the live input ----------------------------------------------------------------------

let shownInput = null;

/** Shows the input of the newest question; `send(content, echo)` gets what the doctor gives.
 * The same input asked again keeps what was already filled in. */
export function showInput(input, send) {
  const wanted = input && input.type in INPUTS ? JSON.stringify(input) : null;
  if (wanted && wanted === shownInput) return;
  const held = $("answer").contains(document.activeElement);
  shownInput = wanted;
  $("answer").replaceChildren(...(wanted ? [INPUTS[input.type](input, send)] : []));
  $("answer").hidden = !wanted;
  $("text").placeholder = wanted ? $("text").dataset.beside : $("text").dataset.free;
  // Who was using the keyboard here goes on here, not at the top of the page.
  if (held) (wanted ? $("answer") : $("scroll")).focus({ preventScroll: true });
}

/** The input was used: asked again, it comes back empty. */
export function spendInput() {
  shownInput = null;
}

const INPUTS = {
  choice(input, send) {
    const it = copy("input-choice");
    numbered(input.choices, (choice, label) => {
      const one = button("", () => send({ choice: choice.token }, choice.label));
      one.append(...label);
      it.append(one);
    });
    return it;
  },

  several(input, send) {
    const it = copy("input-several");
    const boxes = numbered(input.choices, (choice, label) => {
      const row = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      row.append(box, ...label);
      it.querySelector("fieldset").append(row);
      return { box, choice };
    });
    return onSubmit(it, () => {
      const picked = boxes.filter(({ box }) => box.checked).map(({ choice }) => choice);
      const echo = picked.map((choice) => choice.label).join("\n") || text("none");
      send({ choices: picked.map((choice) => choice.token) }, echo);
    });
  },

  scale({ min = 1, max = 10 }, send) {
    const it = copy("input-scale");
    it.setAttribute("aria-label", fill(it.getAttribute("aria-label"), { min, max }));
    for (let value = min; value <= max; value += 1) {
      it.append(button(String(value), () => send({ value }, String(value))));
    }
    return it;
  },

  date(_input, send) {
    const it = copy("input-date");
    const field = it.querySelector("input");
    return onSubmit(it, () => {
      const day = field.valueAsDate.toLocaleDateString("nl-NL", { dateStyle: "long", timeZone: "UTC" });
      send({ date: field.value }, day);
    });
  },

  lines(_input, send) {
    const it = copy("input-lines");
    const rows = it.querySelector(".rows");
    const add = () => {
      const row = copy("line");
      const legend = row.querySelector("legend");
      legend.textContent = fill(legend.textContent, { number: rows.children.length + 1 });
      row.querySelector("select").selectedIndex = rows.children.length % 2;
      for (const area of row.querySelectorAll("textarea")) grows(area);
      rows.append(row);
      return row;
    };
    add();
    add();
    it.querySelector("[data-add]").addEventListener("click", () => add().querySelector("textarea").focus());
    return onSubmit(it, () => {
      const lines = [...rows.children]
        .map((row) => {
          const value = (name) => row.querySelector(`[name=${name}]`).value.trim();
          return { who: value("who"), said: value("said"), unsaid: value("unsaid") };
        })
        .filter((line) => line.said || line.unsaid);
      const echo = lines.map(({ who, said, unsaid }) => `${who}: ${said}${unsaid && ` (${unsaid})`}`).join("\n");
      if (lines.length) send({ lines }, echo);
      else rows.querySelector("textarea").focus();
    });
  },
};

/** Calls `make` for each choice with its label as nodes: the number in front, for who types it. */
function numbered(choices = [], make) {
  return choices.map((choice, index) => {
    const number = document.createElement("span");
    number.className = "number";
    number.textContent = `${index + 1}`;
    const label = document.createElement("span");
    label.textContent = choice.label;
    return make(choice, [number, " ", label]);
  });
}

function onSubmit(form, act) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
  return form;
}

/** A textarea that is as high as what stands in it; the style sheet sets the limit. */
export function grows(area) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  };
  area.addEventListener("input", fit);
  return fit;
}
