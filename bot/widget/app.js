// The talk: starts or restores it, sends, receives, and never lets a crisis message pass unseen.

import { call, insist, token } from "./door.js";
import { $, bubble, grows, reveal, showCrisis, showInput, showProgress, spendInput, text } from "./view.js";

const AWAY = "away"; // number of the last crisis message that was put away

let talk = {}; // stands for the present conversation; replaced when that ends
let asked = 0; // number of the newest question
let running = false; // whether a script runs
let sending = 0; // messages under way
let queue; // settles when they are all answered
let alarms = new Set(); // crisis messages already shown, by number or by what was sent
let card = 0; // number of the crisis message on the card

// --- what comes in -----------------------------------------------------------------------

/** Shows what an answer carries, whatever its status. `sent` stands for the message it
 * answers: a crisis message that was not stored has no number to know it by. */
function receive(body, { sent = {}, restoring = false } = {}) {
  const messages = (body?.messages ?? []).filter((message) => restoring || message.from !== "doctor");
  for (const message of messages) {
    if (message.kind === "crisis" && !alarm(message, sent, restoring)) continue;
    bubble(message, download);
    if (message.from !== "doctor") question(message);
  }
  if (body?.script === undefined) return;
  const runs = body.script?.state === "running";
  if (running && !runs && !messages.some((message) => message.input)) showInput(null);
  running = runs;
  showProgress(body.script);
}

/** Lays the card on top, once for each message; false when there is nothing new in it. */
function alarm(message, sent, restoring) {
  const key = message.n || sent;
  const known = alarms.has(key);
  const seen = restoring && message.n <= Number(sessionStorage.getItem(AWAY));
  alarms.add(key);
  if (!known && !seen) {
    card = message.n || 0;
    showCrisis(message);
  }
  return !known || restoring;
}

/** Only the newest question has a live input; a report ends the questions before it. */
function question(message) {
  if (!message.input && !["ask", "reflect", "report"].includes(message.kind)) return;
  if (message.n < asked) return;
  asked = message.n;
  showInput(message.input, (content, echo) => send(content, echo, true));
}

const notice = (words) => bubble({ from: "bot", kind: "error", text: words });
const complaint = (answer) => answer.body?.detail ?? text("failed");

/** A status line changes only when its words do, so that it is read out once. */
function say(id, words) {
  if ($(id).textContent !== words) $(id).textContent = words;
}

function delay(answer, seconds) {
  if (!answer) return say("status", "");
  const why = answer.body?.detail ?? (answer.status ? text("trouble") : text("lost"));
  say("status", `${why} ${answer.status === 429 ? text("wait", { seconds }) : text("again")}`);
}

// --- beginning and ending ----------------------------------------------------------------

let beginning = null; // one beginning at a time, whoever asks

function begin() {
  beginning ??= restoreOrStart().finally(() => (beginning = null));
  return beginning;
}

async function restoreOrStart() {
  if (token.get()) {
    const answer = await insist("GET", "/api/conversation?since=0", null, delay);
    if (answer.ok) return restore(answer.body);
    if (answer.status !== 401) return notice(complaint(answer));
    forget();
  }
  const answer = await insist("POST", "/api/conversation", null, delay);
  if (answer.ok) token.set(answer.body.token);
  else notice(complaint(answer));
  receive(answer.body);
}

function restore(body) {
  $("log").setAttribute("aria-live", "off"); // what was read before is not read out again
  clear();
  receive(body, { restoring: true });
  reveal($("log").lastElementChild);
  setTimeout(() => $("log").setAttribute("aria-live", "polite"), 500);
}

function clear() {
  $("log").replaceChildren();
  showInput(null);
  showProgress(null);
  asked = 0;
  running = false;
}

/** Nothing of the conversation stays in this tab, save a crisis card that lies open. */
function forget() {
  token.drop();
  sessionStorage.removeItem(AWAY);
  talk = {};
  alarms = new Set();
  card = 0;
  clear();
}

async function erase() {
  const answer = await call("DELETE", "/api/conversation");
  if (!answer.ok && answer.status !== 401) {
    return reveal(notice(answer.status ? complaint(answer) : text("kept")));
  }
  talk.erased = true;
  forget();
  put("");
  say("status", "");
  notice(text("erased"));
  await begin();
}

// --- what goes out -----------------------------------------------------------------------

/** Sends one message and shows it and its answer; `pressed`: it came from the live input. */
async function send(content, echo, pressed = false) {
  if (pressed && $("answer").getAttribute("aria-busy") === "true") return;
  const mine = talk;
  const sent = bubble({ from: "doctor", text: echo });
  sent.classList.add("pending");
  reveal(sent);
  busy(1, pressed);
  const delivery = deliver({ id: crypto.randomUUID(), ...content }, sent, mine, queue);
  queue = Promise.allSettled([delivery]);
  const answer = await delivery;
  busy(-1, pressed);
  sent.classList.remove("pending");
  if (answer?.ok) {
    const before = asked;
    if (pressed) spendInput();
    receive(answer.body, { sent });
    if (pressed && asked === before) showInput(null);
    return reveal(sent);
  }
  // Refused: nothing was stored, so the doctor gets the words back.
  sent.remove();
  if (mine.erased) return;
  if (content.text) put([content.text, $("text").value].filter(Boolean).join("\n"));
  if (answer?.status === 401 && mine === talk) forget();
  receive(answer?.body, { sent });
  if (answer) reveal(notice(complaint(answer)));
  if (!token.get()) await begin();
}

/** Goes out also without a token: the door reads for danger whatever arrives. */
async function deliver(message, sent, mine, after) {
  const wanted = () => mine === talk;
  const hear = (answer, seconds) => {
    receive({ messages: answer?.body?.messages }, { sent });
    delay(answer, seconds);
  };
  for (;;) {
    const answer = await insist("POST", "/api/message", message, hear, { wanted, after });
    if (answer?.status !== 401 || answer.used) return answer;
    receive({ messages: answer.body?.messages }, { sent });
    await begin();
    if (!token.get()) return answer;
  }
}

function busy(change, pressed) {
  sending += change;
  $("typing").hidden = sending === 0;
  if (pressed) $("answer").setAttribute("aria-busy", String(change > 0));
}

async function download(format) {
  const answer = await call("POST", "/api/report", { format });
  const href = answer.ok && new URL(answer.body.href, location.origin);
  if (href?.origin !== location.origin) return reveal(notice(complaint(answer)));
  Object.assign(document.createElement("a"), { href, download: "" }).click();
}

// --- the doctor's hands ------------------------------------------------------------------

const fit = grows($("text"));

function put(words) {
  $("text").value = words;
  fit();
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = $("text").value;
  if (!words.trim()) return;
  put("");
  send({ text: words }, words);
});

$("text").addEventListener("keydown", (event) => {
  const touch = matchMedia("(pointer: coarse)").matches;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
  event.preventDefault();
  $("form").requestSubmit();
});

$("commands").addEventListener("click", ({ target }) => {
  if (target.type === "button") send({ text: target.textContent }, target.textContent);
});

$("crisis-close").addEventListener("click", () => {
  $("crisis").hidden = true;
  if (card) sessionStorage.setItem(AWAY, card);
  $("scroll").focus({ preventScroll: true });
});

function confirming(open) {
  $("erase-confirm").hidden = !open;
  $("erase").setAttribute("aria-expanded", String(open));
  $(open ? "erase-no" : "erase").focus();
}
$("erase").addEventListener("click", () => confirming($("erase-confirm").hidden));
$("erase-no").addEventListener("click", () => confirming(false));
$("erase-yes").addEventListener("click", () => {
  confirming(false);
  $("erase").closest("details").open = false;
  $("scroll").focus({ preventScroll: true });
  erase();
});

/** Says so while the engine still starts, and looks again until it is there. */
async function watch() {
  const { body } = await call("GET", "/health");
  const engine = body?.engine;
  say("health", ["loading", "down"].includes(engine) ? text(engine) : "");
  if (engine !== "ok") setTimeout(watch, 3000);
}

watch();
begin();
