// The menu, the answers, and what stands there when the talk is locked or closed.

import { html, nothing, type TemplateResult } from "lit";
import * as device from "../device.js";
import type { Body } from "../door.js";
import type { Phase, Talk } from "../talk.js";
import { t } from "../texts.js";

export interface MenuActions {
  phase: Phase;
  inScript: boolean;
  hasPin: boolean;
  pinMade: boolean;
  command: (words: string) => void;
  answers: () => void;
  erase: () => void;
  leave: () => void;
  own: (wanted: boolean) => void;
  pin: (pin: string) => void;
}

const closeOf = (event: Event) => (event.target as HTMLElement).closest("dialog")?.close();

const closeButton = () =>
  html`<button type="button" class="close" @click=${closeOf}>${t("sluit")}</button>`;

export function menuDialog(menu: MenuActions): TemplateResult {
  const inScript = ["vorige_vraag", "overslaan", "waarom", "anders_gezegd", "pauze"];
  const always = ["een_mens", "menu_oefeningen", "wie_kan_dit_lezen"];
  const then = (act: () => void) => (event: Event) => {
    closeOf(event);
    act();
  };
  return html`
    <dialog id="menu" aria-labelledby="menu-title">
      <div class="dialog-head"><h2 id="menu-title">${t("menu")}</h2>${closeButton()}</div>
      ${menu.phase === "open"
        ? html`
            <section aria-labelledby="menu-talk">
              <h3 id="menu-talk">${t("dit_gesprek")}</h3>
              <div class="menu-list">
                ${(menu.inScript ? inScript : []).map((key) => item(key, () => menu.command(t(key))))}
                ${item("mijn_antwoorden", menu.answers)} ${always.map((key) => item(key, () => menu.command(t(key))))}
              </div>
            </section>
          `
        : nothing}
      <section aria-labelledby="menu-device">
        <h3 id="menu-device">${t("dit_apparaat")}</h3>
        <label class="tick">
          <input
            type="checkbox"
            .checked=${device.isOwn()}
            @change=${(event: Event) => menu.own((event.target as HTMLInputElement).checked)}
          />
          <span>${t("eigen_apparaat")}<small>${t("eigen_apparaat_uitleg")}</small></span>
        </label>
        ${device.canSeal() ? pinForm(menu) : nothing}
        <div class="menu-list">${item("sluit_af", then(menu.leave))}</div>
        <p class="small">${t("sluit_af_uitleg")}</p>
      </section>
      <section aria-labelledby="menu-erase">
        <h3 id="menu-erase">${t("wissen")}</h3>
        <details>
          <summary>${t("wis_alles")}</summary>
          <p>${t("wis_vraag")}</p>
          <div class="row">
            <button type="button" class="primary" id="erase-yes" @click=${then(menu.erase)}>${t("wis_ja")}</button>
            <button
              type="button"
              @click=${(event: Event) => ((event.target as HTMLElement).closest("details")!.open = false)}
            >${t("wis_nee")}</button>
          </div>
        </details>
      </section>
    </dialog>
  `;
}

const item = (key: string, act: (event: Event) => void) =>
  html`<button type="button" class="item" @click=${act}>${t(key)}</button>`;

function pinForm(menu: MenuActions): TemplateResult {
  if (menu.pinMade || menu.hasPin) return html`<p class="small" role="status">${t("pin_staat")}</p>`;
  return html`
    <form
      class="pin"
      autocomplete="off"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        menu.pin(pinOf(event));
      }}
    >
      <label for="new-pin">${t("pin_kiezen")}</label>
      <div class="row">${pinField("new-pin")}<button type="submit">${t("pin_zetten")}</button></div>
      <p class="small">${t("pin_uitleg")}</p>
    </form>
  `;
}

const pinField = (id: string) => html`
  <input id=${id} name="pin" type="password" inputmode="numeric" pattern="[0-9]{4,8}" minlength="4" maxlength="8" required
    autocomplete="off" aria-describedby="${id}-hint" title=${t("pin_vorm")} />
  <span id="${id}-hint" class="unseen">${t("pin_vorm")}</span>
`;

function pinOf(event: SubmitEvent): string {
  return String(new FormData(event.target as HTMLFormElement).get("pin"));
}

// --- locked, closed ----------------------------------------------------------------------

export function lockScreen(talk: Talk): TemplateResult {
  const tryPin = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const left = await talk.unlock(pinOf(event));
    if (left === null || left === 0) return;
    form.querySelector(".wrong")!.textContent = t("pin_fout", { over: left });
    form.reset();
    form.querySelector("input")!.focus();
  };
  return html`
    <main class="still">
      <div class="column">
        <h2>${t("op_slot")}</h2>
        ${device.isLocked()
          ? html`
              <p>${t("op_slot_uitleg")}</p>
              <form class="pin" autocomplete="off" @submit=${tryPin}>
                <label for="pin">${t("pin")}</label>
                <div class="row">${pinField("pin")}<button type="submit" class="primary">${t("open")}</button></div>
                <p class="wrong" role="alert"></p>
              </form>
            `
          : html`
              <p>${t("even_weg")}</p>
              <button type="button" class="primary" @click=${() => talk.reopen()}>${t("ga_verder")}</button>
            `}
        <button type="button" class="plain" @click=${() => talk.close("left")}>${t("sluit_af")}</button>
      </div>
    </main>
  `;
}

export function closedScreen(talk: Talk): TemplateResult {
  return html`
    <main class="still">
      <div class="column">
        <h2>${t("afgesloten")}</h2>
        <p>${t(`afgesloten_${talk.reason}`)}</p>
        <button type="button" class="primary" @click=${() => talk.reopen()}>${t("nieuw_gesprek")}</button>
      </div>
    </main>
  `;
}

// --- what was answered -------------------------------------------------------------------

export function answersDialog(answers: Body["answers"] | null | undefined, change: (step: number) => void): TemplateResult {
  return html`
    <dialog id="answers" aria-labelledby="answers-title">
      <div class="dialog-head"><h2 id="answers-title">${t("mijn_antwoorden")}</h2>${closeButton()}</div>
      ${answers === undefined ? html`<p role="status">${t("even_geduld")}</p>` : nothing}
      ${answers === null ? html`<p role="status">${t("mislukt")}</p>` : nothing}
      ${answers?.length === 0 ? html`<p role="status">${t("geen_antwoorden")}</p>` : nothing}
      <ol class="answers">
        ${(answers ?? []).map(
          (one) => html`
            <li value=${one.step}>
              <h3>${one.heading}</h3>
              <p class="text">${one.skipped ? t("overgeslagen") : one.answer}</p>
              <button type="button" class="plain" @click=${() => change(one.step)}>
                ${t("wijzig")}<span class="unseen"> ${one.heading}</span>
              </button>
            </li>
          `,
        )}
      </ol>
    </dialog>
  `;
}
