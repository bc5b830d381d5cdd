// The page: draws the talk and hands over what the doctor does. Drawn into the page itself (no shadow root), so that one
// style sheet and the browser's own tools for accessibility see all of it.

import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import * as device from "./device.js";
import type { Content } from "./door.js";
import { Talk } from "./talk.js";
import { t } from "./texts.js";
import { answersDialog, closedScreen, lockScreen, menuDialog } from "./views/device.js";
import { grow } from "./views/grow.js";
import { liveInput } from "./views/inputs.js";
import { bubble, crisisCard, progressBar } from "./views/messages.js";

const MINUTE = 60_000;
const LOCK_AFTER = 10 * MINUTE;
const WARN_AFTER = 9 * MINUTE;
const LOOK_EVERY = 5_000;
const LIMIT = 4_000;
const TELL_FROM = 3_500;

class Page extends LitElement {
  private readonly talk = new Talk();
  private answers: Awaited<ReturnType<Talk["answers"]>> | undefined;
  private warned = false;
  private pinMade = false;
  private revealed = "";
  private filled: HTMLTextAreaElement | null = null;
  private held = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.talk.addEventListener("change", () => this.requestUpdate());
    for (const kind of ["pointerdown", "keydown", "input", "wheel"]) {
      document.addEventListener(kind, () => this.stay(), { passive: true });
    }
    document.addEventListener("visibilitychange", () => this.look());
    setInterval(() => this.look(), LOOK_EVERY);
    // Only a command goes out of the frame, never a word of the talk.
    document.getElementById("close-frame")?.addEventListener("click", () => parent.postMessage("pas:close", "*"));
    if (this.tooLong()) void this.talk.lock();
    else void this.talk.begin();
    this.stay();
  }

  // --- too long nobody was here ----------------------------------------------------------

  private tooLong(): boolean {
    const seen = device.lastSeen();
    return Boolean(this.talk.token) && seen > 0 && Date.now() - seen >= LOCK_AFTER;
  }

  private stay(): void {
    if (this.talk.phase === "open" && this.tooLong()) return this.look();
    device.seen(Date.now());
    if (this.warned) this.warn(false);
  }

  private look(): void {
    if (this.talk.phase !== "open") return;
    if (this.tooLong()) {
      this.warn(false);
      void this.talk.lock();
    } else this.warn(Date.now() - device.lastSeen() >= WARN_AFTER);
  }

  private warn(on: boolean): void {
    if (this.warned === on) return;
    this.warned = on;
    this.requestUpdate();
  }

  // --- what the doctor does --------------------------------------------------------------

  private readonly give = async (content: Content, echo: string): Promise<void> => {
    const taken = await this.talk.send(content, echo);
    if (!taken && content.text) this.put([content.text, this.area.value].filter(Boolean).join("\n"));
  };

  private readonly command = (words: string): void => {
    for (const dialog of this.querySelectorAll("dialog")) dialog.close();
    void this.give({ text: words }, words);
  };

  private get area(): HTMLTextAreaElement {
    return this.querySelector("#text")!;
  }

  private put(words: string): void {
    this.area.value = words;
    this.typed();
  }

  private typed(): void {
    grow(this.area);
    device.write({ draft: this.area.value });
    this.requestUpdate();
  }

  private submit(event: Event): void {
    event.preventDefault();
    const words = this.area.value;
    if (!words.trim()) return;
    this.put("");
    void this.give({ text: words }, words);
  }

  private pressed(event: KeyboardEvent): void {
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
    event.preventDefault();
    this.area.form?.requestSubmit();
  }

  private readonly download = async (format: string): Promise<void> => {
    const href = await this.talk.download(format);
    if (href) Object.assign(document.createElement("a"), { href, download: "" }).click();
  };

  private open(id: string): void {
    this.querySelector<HTMLDialogElement>(`#${id}`)?.showModal();
  }

  private async openAnswers(): Promise<void> {
    this.querySelector<HTMLDialogElement>("#menu")?.close();
    this.answers = undefined;
    this.requestUpdate();
    this.open("answers");
    this.answers = await this.talk.answers();
    this.requestUpdate();
  }

  private async makePin(pin: string): Promise<void> {
    await device.setPin(pin);
    this.pinMade = true;
    this.requestUpdate();
  }

  private own(wanted: boolean): void {
    device.setOwn(wanted);
    device.seen(Date.now());
    this.requestUpdate();
  }

  // --- what is drawn ---------------------------------------------------------------------

  protected override render() {
    const { talk } = this;
    return html`
      ${crisisCard(talk.crisis, () => this.putAway())}
      ${talk.phase === "locked" ? lockScreen(talk) : nothing}
      ${talk.phase === "closed" ? closedScreen(talk) : nothing}
      ${talk.phase === "open" || talk.phase === "beginning" ? this.conversation() : nothing}
      ${menuDialog({
        phase: talk.phase,
        inScript: talk.script?.state === "running",
        hasPin: device.hasPin(),
        pinMade: this.pinMade,
        command: this.command,
        answers: () => void this.openAnswers(),
        erase: () => void this.talk.erase().then(() => this.put("")),
        leave: () => this.talk.close("left"),
        own: (wanted) => this.own(wanted),
        pin: (pin) => void this.makePin(pin),
      })}
      ${answersDialog(this.answers, (step) => this.command(t("wijzig_antwoord", { stap: step })))}
    `;
  }

  private conversation() {
    const { talk } = this;
    const running = talk.script?.state === "running";
    const length = this.hasUpdated ? (this.querySelector<HTMLTextAreaElement>("#text")?.value.length ?? 0) : 0;
    return html`
      <main>
        ${progressBar(talk.script)}
        <div id="scroll" tabindex="0" role="region" aria-label=${t("gesprek_schuiven")}>
          <div class="column">
            ${talk.phase === "open" ? this.about() : nothing}
            <div id="log" role="log" aria-live=${talk.restoring ? "off" : "polite"} aria-label=${t("gesprek")}>
              ${repeat(
                talk.shown,
                (message) => message.key,
                (message, index) => bubble(message, talk.shown.slice(0, index), this.download),
              )}
            </div>
            ${talk.sending || talk.phase === "beginning"
              ? html`<div id="typing" aria-hidden="true"><span></span><span></span><span></span></div>`
              : nothing}
            ${liveInput(talk.question, talk.sending > 0, this.give)}
          </div>
        </div>
        <section class="composer" aria-label=${t("schrijven")}>
          <div class="column">
            <p class="status" role="status">${talk.health === "ok" ? "" : t(`motor_${talk.health}`)}</p>
            <p class="status" role="status">${talk.status}</p>
            <p class="status" role="status">${this.warned ? this.warning() : ""}</p>
            ${talk.script?.state === "paused" && !talk.alarmed && !device.isOwn() && !device.hasPin()
              ? html`<p class="status hint">${t("pauze_pin")}
                  <button type="button" class="plain" @click=${() => this.open("menu")}>${t("pin_kiezen")}</button></p>`
              : nothing}
            <form id="form" autocomplete="off" @submit=${this.submit}>
              <label for="text" class="unseen">${t("jouw_bericht")}</label>
              <textarea
                id="text"
                rows="1"
                autocomplete="off"
                spellcheck="false"
                aria-describedby="hint"
                placeholder=${(talk.question?.input?.type ?? "text") === "text" ? t("schrijf_hier") : t("of_schrijf")}
                @input=${this.typed}
                @keydown=${this.pressed}
              ></textarea>
              <button type="submit" class="primary">${t("verstuur")}</button>
            </form>
            <p id="hint" class="unseen">${t("enter_verstuurt")}</p>
            <p class="count" role="status">
              ${length > TELL_FROM ? t(length > LIMIT ? "te_lang" : "nog_tekens", { aantal: Math.abs(LIMIT - length) }) : ""}
            </p>
            <div id="commands" role="group" aria-label=${t("altijd_te_vragen")}>
              ${(running ? ["vorige_vraag", "overslaan", "pauze"] : []).map(
                (key) => html`<button type="button" class="plain" @click=${() => this.command(t(key))}>${t(key)}</button>`,
              )}
              <button type="button" class="plain" aria-haspopup="dialog" @click=${() => this.open("menu")}>${t("menu")}</button>
            </div>
          </div>
        </section>
      </main>
    `;
  }

  private about() {
    return html`
      <section class="about" aria-label=${t("wat_dit_is")}>
        <p>${t("wat_het_is")}</p>
        <p>${t("wie_leest_mee")}</p>
        <p>${t("geen_noodlijn")}</p>
      </section>
    `;
  }

  private warning(): string {
    if (device.hasPin() || device.isOwn()) return t("zo_op_slot");
    return t("zo_dicht");
  }

  private putAway(): void {
    this.talk.putAway();
    this.querySelector<HTMLElement>("#scroll")?.focus({ preventScroll: true });
  }

  protected override willUpdate(): void {
    this.held = this.querySelector("#answer")?.contains(document.activeElement) ?? false;
  }

  protected override updated(): void {
    // Who was using the keyboard in an answer goes on there, not at the top of the page.
    if (this.held && (document.activeElement === document.body || document.activeElement === null)) {
      const next = this.querySelector<HTMLElement>("#answer") ?? this.querySelector<HTMLElement>("#scroll");
      next?.focus({ preventScroll: true });
    }
    const area = this.querySelector<HTMLTextAreaElement>("#text");
    if (area && area !== this.filled) {
      this.filled = area;
      this.put(device.read().draft);
    }
    this.reveal();
  }


  /** Brings the newest thing the doctor said to the top, or as far up as what follows it goes. */
  private reveal(): void {
    const { shown, restoring } = this.talk;
    const last = restoring ? shown.at(-1) : shown.findLast((one) => one.from === "doctor" || one.kind === "error");
    const mark = last ? `${last.key} ${shown.length}` : "";
    if (!last || mark === this.revealed) return;
    this.revealed = mark;
    this.querySelector(`[data-key="${last.key}"]`)?.scrollIntoView({ block: "start" });
  }
}

customElements.define("pas-talk", Page);
