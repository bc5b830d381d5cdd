// The page: draws the talk and hands over what the doctor does. Drawn into the page itself (no shadow root), so that one
// style sheet and the browser's own tools for accessibility see all of it.

import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import * as device from "./device.js";
import type { Content } from "./door.js";
import { Talk, type Phase } from "./talk.js";
import { t } from "./texts.js";
import { closedScreen, lockScreen } from "./views/closed.js";
import { grow } from "./views/grow.js";
import { liveInput } from "./views/inputs.js";
import { answersDialog, menuDialog } from "./views/menu.js";
import { about, bubble, crisisCard, progressBar } from "./views/messages.js";

const MINUTE = 60_000;
const LOCK_AFTER = 10 * MINUTE;
const WARN_AFTER = 9 * MINUTE;
const LOOK_EVERY = 5_000;
const LIMIT = 4_000;
const TELL_FROM = 3_500;
const NEAR_THE_END = 300;
// The advice on coming back stands under the first questions, and at a pause.
const FIRST_QUESTIONS = 2;

class Page extends LitElement {
  private readonly talk = new Talk();
  private answers: Awaited<ReturnType<Talk["answers"]>> | undefined;
  private warned = false;
  private advised = false;
  private scrolledUp = false;
  private revealed = "";
  private area: HTMLTextAreaElement | null = null;
  private held = false;
  private drawn: Phase = "talk";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.talk.addEventListener("change", () => this.requestUpdate());
    this.talk.addEventListener("returned", () => this.show(device.draft()));
    for (const kind of ["pointerdown", "keydown", "input", "wheel"]) {
      document.addEventListener(kind, () => this.stay(), { passive: true });
    }
    document.addEventListener("visibilitychange", () => this.look());
    setInterval(() => this.look(), LOOK_EVERY);
    // Only a command goes out of the frame, never a word of the talk.
    document.getElementById("close-frame")?.addEventListener("click", () => parent.postMessage("pas:close", "*"));
    if (parent !== window) parent.postMessage("pas:ready", "*");
    if (this.tooLong()) void this.talk.lock();
    else {
      device.seen(Date.now());
      void this.talk.begin();
    }
  }

  // --- too long nobody was here ----------------------------------------------------------

  private tooLong(): boolean {
    const seen = device.lastSeen();
    const something = device.read().token !== null || this.talk.session.shown.length > 0 || device.draft() !== "";
    return something && seen > 0 && Date.now() - seen >= LOCK_AFTER;
  }

  private stay(): void {
    if (this.talk.phase !== "talk") return;
    if (this.tooLong()) return this.look();
    device.seen(Date.now());
    if (this.warned) this.warn(false);
  }

  private look(): void {
    if (this.talk.phase !== "talk") return;
    if (this.tooLong()) {
      this.warn(false);
      void this.talk.lock();
    } else this.warn(Date.now() - device.lastSeen() >= WARN_AFTER);
  }

  private warn(on: boolean): void {
    if (this.warned === on) return;
    this.warned = on;
    // The warning stands under the menu.
    if (on) this.closeDialogs();
    this.requestUpdate();
  }

  // --- what the doctor does --------------------------------------------------------------

  private readonly give = (content: Content, echo: string): void => {
    void this.talk.session.send(content, echo);
  };

  private readonly command = (words: string): void => {
    this.closeDialogs();
    this.give({ text: words }, words);
  };

  private show(words: string): void {
    if (this.area) this.area.value = words;
    this.typed();
  }

  private typed(): void {
    if (!this.area) return;
    grow(this.area);
    device.setDraft(this.area.value);
    this.requestUpdate();
  }

  private submit(event: Event): void {
    event.preventDefault();
    const words = this.area?.value ?? "";
    if (!words.trim()) return;
    this.show("");
    this.give({ text: words }, words);
  }

  private pressed(event: KeyboardEvent): void {
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
    event.preventDefault();
    this.area?.form?.requestSubmit();
  }

  private readonly download = async (format: string): Promise<void> => {
    const href = await this.talk.download(format);
    if (href) Object.assign(document.createElement("a"), { href, download: "" }).click();
  };

  private open(id: string): void {
    this.querySelector<HTMLDialogElement>(`#${id}`)?.showModal();
  }

  private closeDialogs(): void {
    for (const dialog of this.querySelectorAll("dialog")) dialog.close();
  }

  private async openAnswers(): Promise<void> {
    this.closeDialogs();
    this.answers = undefined;
    this.requestUpdate();
    this.open("answers");
    this.answers = await this.talk.answers();
    this.requestUpdate();
  }

  private async erase(): Promise<void> {
    if (await this.talk.erase()) this.show("");
  }

  private own(wanted: boolean): void {
    device.setOwn(wanted);
    device.seen(Date.now());
    this.requestUpdate();
  }

  private async pin(pin: string | null): Promise<void> {
    if (pin) await device.setPin(pin);
    else device.dropPin();
    this.requestUpdate();
  }

  private putAway(): void {
    this.talk.putAway();
    (this.querySelector<HTMLElement>("#scroll") ?? this.querySelector("h2"))?.focus({ preventScroll: true });
  }

  // --- what is drawn ---------------------------------------------------------------------

  protected override render() {
    const { talk } = this;
    const card = crisisCard(talk.crisis, () => this.putAway());
    if (talk.phase === "locked") return html`${card}${lockScreen(talk)}`;
    if (talk.phase === "closed") return html`${card}${closedScreen(talk)}`;
    return html`
      ${card} ${this.conversation()}
      ${menuDialog({
        state: talk.session.script?.state ?? null,
        command: this.command,
        answers: () => void this.openAnswers(),
        everything: () => void this.talk.everything(),
        erase: () => void this.erase(),
        leave: () => talk.close("left"),
        own: (wanted) => this.own(wanted),
        pin: (pin) => void this.pin(pin),
      })}
      ${answersDialog(this.answers, (step) => this.command(t("wijzig_antwoord", { stap: step })))}
    `;
  }

  private conversation() {
    const { session } = this.talk;
    const waiting = session.sending > 0 || !session.open;
    return html`
      <main>
        ${progressBar(session.script)}
        <div id="scroll" tabindex="0" role="region" aria-label=${t("gesprek_schuiven")} @scroll=${this.scrolled}>
          <div class="column">
            ${about()}
            <div id="log" role="log" aria-live=${session.restoring ? "off" : "polite"} aria-label=${t("gesprek")}>
              ${repeat(
                // What lies on the card is not said twice.
                session.shown.filter((message) => message.n === null || message.n !== this.talk.crisis?.n),
                (message) => message.key,
                (message) => bubble(message, session.shown, this.download),
              )}
            </div>
            ${waiting && !session.status
              ? html`<div id="typing" aria-hidden="true"><span></span><span></span><span></span></div>`
              : nothing}
            ${liveInput(session.question, session.sending > 0, this.give)}
          </div>
          <div id="down">
            ${this.scrolledUp ? html`<button type="button" @click=${this.toTheEnd}>${t("naar_beneden")}</button>` : nothing}
          </div>
        </div>
        ${this.composer()}
      </main>
    `;
  }

  private composer() {
    const { session, health } = this.talk;
    const choosing = !["text", undefined].includes(session.question?.input?.type);
    const typed = device.draft().length;
    const left = LIMIT - typed;
    return html`
      <section class="composer" aria-label=${t("schrijven")}>
        <div class="column">
          <p class="status" role="status">${health === "ok" ? "" : t(`motor_${health}`)}</p>
          <p class="status" role="status">${session.status}</p>
          <p class="status" role="status">${this.warned ? t(this.willOpenAgain ? "zo_op_slot" : "zo_dicht") : ""}</p>
          ${this.warned
            ? html`<button type="button" @click=${() => this.stay()}>${t("ik_ben_er_nog")}</button>`
            : this.advice()}
          <form id="form" autocomplete="off" @submit=${this.submit}>
            <label for="text" class="unseen">${t("jouw_bericht")}</label>
            <textarea
              id="text"
              rows="1"
              autocomplete="off"
              spellcheck="false"
              aria-describedby="hint"
              placeholder=${choosing ? t("of_schrijf") : t("schrijf_hier")}
              @input=${this.typed}
              @keydown=${this.pressed}
            ></textarea>
            <button type="submit" class="primary">${t("verstuur")}</button>
          </form>
          <p id="hint" class="unseen">${t("enter_verstuurt")}</p>
          <p class="count" role="status">
            ${typed > TELL_FROM ? t(left < 0 ? "te_lang" : "nog_tekens", { aantal: Math.abs(left) }) : ""}
          </p>
          <div id="commands" role="group" aria-label=${t("altijd_te_vragen")}>
            ${this.commands().map(
              (key) => html`<button type="button" class="plain" @click=${() => this.command(t(key))}>${t(key)}</button>`,
            )}
            <button type="button" class="plain" aria-haspopup="dialog" @click=${() => this.open("menu")}>${t("menu")}</button>
          </div>
        </div>
      </section>
    `;
  }

  private commands(): string[] {
    const state = this.talk.session.script?.state;
    if (state === "running") return ["vorige_vraag", "overslaan", "pauze"];
    return state === "paused" && !this.talk.alarmed ? ["verder"] : [];
  }

  private get willOpenAgain(): boolean {
    return device.hasPin() || device.isOwn();
  }

  /** Once a script runs: how to be able to come back to it. Not in danger, and not to who chose already. */
  private advice() {
    const { session, alarmed } = this.talk;
    const { script } = session;
    const timely = script?.state === "paused" || (script?.state === "running" && script.step <= FIRST_QUESTIONS);
    if (!timely || alarmed || this.advised || this.willOpenAgain) return nothing;
    const done = () => {
      this.advised = true;
      this.requestUpdate();
    };
    return html`
      <div class="advice" role="group" aria-label=${t("terugkomen")}>
        <p>${t("terugkomen_uitleg")}</p>
        <button type="button" class="plain" @click=${() => this.own(true)}>${t("eigen_apparaat")}</button>
        ${device.canSeal()
          ? html`<button type="button" class="plain" @click=${() => this.open("menu")}>${t("pin_kiezen")}</button>`
          : nothing}
        <button type="button" class="plain" @click=${done}>${t("nee_dank_je")}</button>
      </div>
    `;
  }

  // --- where one looks -------------------------------------------------------------------

  private scrolled(): void {
    const place = this.querySelector("#scroll");
    if (!place) return;
    const up = place.scrollHeight - place.scrollTop - place.clientHeight > NEAR_THE_END;
    if (up === this.scrolledUp) return;
    this.scrolledUp = up;
    this.requestUpdate();
  }

  private toTheEnd(): void {
    const place = this.querySelector("#scroll");
    place?.scrollTo({ top: place.scrollHeight });
  }

  protected override willUpdate(): void {
    const focused = document.activeElement;
    this.held = focused !== null && focused !== document.body && this.contains(focused) && focused.id !== "text";
    if (this.talk.phase !== "talk") this.answers = undefined;
  }

  protected override updated(): void {
    const area = this.querySelector<HTMLTextAreaElement>("#text");
    if (area !== this.area) {
      this.area = area;
      this.show(device.draft());
    }
    this.keepFocus();
    this.reveal();
    this.scrolled();
  }

  /** Who was using the keyboard goes on where that was, not at the top of the page; and what the page turned into is told. */
  private keepFocus(): void {
    const turned = this.drawn !== this.talk.phase;
    this.drawn = this.talk.phase;
    if (document.activeElement && document.activeElement !== document.body) return;
    const heading = this.querySelector<HTMLElement>("main.still h2");
    const next = heading ?? this.querySelector<HTMLElement>("#answer") ?? this.querySelector<HTMLElement>("#scroll");
    if (turned || this.held) next?.focus({ preventScroll: true });
  }

  /** Brings the newest thing the doctor said to the top, or as far up as what follows it goes. */
  private reveal(): void {
    const { shown, restoring } = this.talk.session;
    const last = restoring ? shown.at(-1) : shown.findLast((one) => one.from === "doctor" || one.kind === "error");
    const card = this.talk.crisis !== null;
    const mark = last ? `${last.key} ${shown.length} ${card} ${last.pending}` : "";
    if (!last || mark === this.revealed) return;
    this.revealed = mark;
    // The card takes room of the talk: what is asked there must be in sight at once.
    const behavior = card ? "instant" : "auto";
    this.querySelector(`[data-key="${last.key}"]`)?.scrollIntoView({ block: "start", behavior });
  }
}

customElements.define("pas-talk", Page);
