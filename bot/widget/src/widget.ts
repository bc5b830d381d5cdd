// One line on any page: <script src="https://…/widget.js" defer></script>. Puts a button there that opens the talk in a
// frame of the door's own origin, so that the page around it can neither style nor read it.
// data-label: the words on the button. data-side: left or right. data-close: how a screen reader calls the cross.

export {};

const script = document.currentScript as HTMLScriptElement;
const origin = new URL(script.src).origin;
const label = script.dataset.label ?? "Pas op de plaats";
const side = script.dataset.side === "left" ? "left" : "right";

// Within the shadow tree !important wins over the page's own !important.
const STYLE = `
  :host { all: initial !important; position: fixed !important; display: block !important; visibility: visible !important;
    opacity: 1 !important; transform: none !important; filter: none !important; pointer-events: auto !important;
    inset: auto !important; bottom: max(1rem, env(safe-area-inset-bottom)) !important; ${side}: 1rem !important;
    z-index: 2147483647 !important; font: 600 16px/1.3 system-ui, sans-serif !important; }
  .launch { font: inherit; display: flex; align-items: center; gap: .6rem; min-height: 48px; padding: .5rem 1.1rem;
    border: 2px solid #f6f1e7; border-radius: 2rem; background: #2f5d54; color: #fffdf8; cursor: pointer;
    box-shadow: 0 2px 12px rgb(0 0 0 / .25); }
  button:focus-visible { outline: 3px solid #fffdf8; outline-offset: -6px; box-shadow: 0 0 0 4px #2f5d54; }
  svg { width: 22px; height: 22px; flex: none; }
  iframe { display: none; width: min(26rem, calc(100vw - 2rem)); height: min(44rem, calc(100dvh - 2rem)); border: 0;
    border-radius: 1rem; box-shadow: 0 4px 32px rgb(0 0 0 / .35); background: #f6f1e7; color-scheme: light dark; }
  :host([data-open]) iframe { display: block; }
  :host([data-open]) .launch { display: none; }
  .shut { display: none; position: absolute; top: .5rem; right: .5rem; min-width: 44px; min-height: 44px; font: inherit;
    border: 1px solid #8c8172; border-radius: .6rem; background: #fffdf8; color: #2b2723; cursor: pointer; }
  :host([data-open]:not([data-ready])) .shut { display: block; }
  @media (max-width: 36rem), (max-height: 34rem) {
    :host([data-open]) { inset: 0 !important; }
    iframe { width: 100vw; height: 100dvh; border-radius: 0; }
  }
  @media (forced-colors: active) { button { border-color: ButtonText; } iframe { border: 1px solid CanvasText; } }
  @media print { :host { display: none !important; } }
`;

const host = document.createElement("pas-op-de-plaats");
const root = host.attachShadow({ mode: "closed" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
root.adoptedStyleSheets = [sheet];

const button = document.createElement("button");
button.type = "button";
button.className = "launch";
button.setAttribute("aria-expanded", "false");
button.innerHTML =
  '<svg viewBox="0 0 64 64" aria-hidden="true" fill="currentColor"><path d="M23 13c6 0 8.5 6.5 7.5 14-.5 4-2 7-2 10.5h-9.5c0-4-3-8.5-3-14.5 0-6 2.5-10 7-10Z"/><path d="M41 13c-6 0-8.5 6.5-7.5 14 .5 4 2 7 2 10.5H45c0-4 3-8.5 3-14.5 0-6-2.5-10-7-10Z"/><rect x="18.5" y="41" width="10" height="9" rx="4.5"/><rect x="35.5" y="41" width="10" height="9" rx="4.5"/></svg>';
const words = document.createElement("span");
words.textContent = label;
button.append(words);

// Until the talk in the frame has a button of its own, or when it never comes.
const shut = document.createElement("button");
shut.type = "button";
shut.className = "shut";
shut.textContent = "\u00d7";
shut.setAttribute("aria-label", script.dataset.close ?? "Sluit");

const frame = document.createElement("iframe");
frame.title = label;
frame.referrerPolicy = "no-referrer";

function open(on: boolean): void {
  // The talk is fetched when it is asked for, not with the page.
  if (on && !frame.src) frame.src = `${origin}/frame`;
  host.toggleAttribute("data-open", on);
  button.setAttribute("aria-expanded", String(on));
  if (!on) button.focus();
  else if (host.hasAttribute("data-ready")) frame.focus();
  else shut.focus();
}

button.addEventListener("click", () => open(true));
shut.addEventListener("click", () => open(false));
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && host.hasAttribute("data-open")) open(false);
});
addEventListener("message", (event) => {
  if (event.origin !== origin || event.source !== frame.contentWindow) return;
  if (event.data === "pas:ready") {
    host.setAttribute("data-ready", "");
    frame.focus();
  }
  if (event.data === "pas:close") open(false);
});

root.append(button, frame, shut);
const place = () => document.body.append(host);
if (document.body) place();
else addEventListener("DOMContentLoaded", place);
