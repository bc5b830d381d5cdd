// The menu, and what was answered.

import { html, nothing, type TemplateResult } from "lit";
import * as device from "../device.js";
import type { Body, Script } from "../door.js";
import { t } from "../texts.js";
import { pinField, pinHint, pinOf } from "./pin.js";

export interface MenuActions {
  /** How the script is, if there is one. */
  state: Script["state"] | null;
  command: (words: string) => void;
  answers: () => void;
  /** Takes everything of the talk away in one file. */
  everything: () => void;
  erase: () => void;
  leave: () => void;
  own: (wanted: boolean) => void;
  /** Sets a PIN, or takes it away. */
  pin: (pin: string | null) => void;
}

const closeOf = (event: Event) => (event.target as HTMLElement).closest("dialog")?.close();

const closeButton = () =>
  html`<button type="button" class="close" @click=${closeOf}>${t("sluit")}</button>`;

export function menuDialog(menu: MenuActions): TemplateResult {
  const inScript = menu.state === "running" ? ["vorige_vraag", "overslaan", "waarom", "anders_gezegd", "pauze"] : [];
  const paused = menu.state === "paused" ? ["verder"] : [];
  const outside = menu.state === "running" ? [] : ["mijn_overzicht"];
  const always = [...outside, "een_mens", "menu_oefeningen", "wie_kan_dit_lezen"];
  const then = (act: () => void) => (event: Event) => {
    closeOf(event);
    act();
  };
  return html`
    <dialog id="menu" aria-labelledby="menu-title">
      <div class="dialog-head"><h2 id="menu-title">${t("menu")}</h2>${closeButton()}</div>
      <section aria-labelledby="menu-talk">
        <h3 id="menu-talk">${t("dit_gesprek")}</h3>
        <div class="menu-list">
          ${[...inScript, ...paused].map((key) => item(key, () => menu.command(t(key))))}
          ${item("mijn_antwoorden", menu.answers)} ${item("alles_meenemen", then(menu.everything))}
          ${always.map((key) => item(key, () => menu.command(t(key))))}
        </div>
      </section>
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
        <p class="small"><a href="/privacy" target="_blank" rel="noopener">${t("privacyverklaring")}</a></p>
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
  if (device.hasPin()) {
    return html`
      <div class="pin">
        <p role="status">${t("pin_staat")}</p>
        <button type="button" @click=${() => menu.pin(null)}>${t("pin_weg")}</button>
      </div>
    `;
  }
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
      ${pinHint("new-pin")}
      <p class="small">${t("pin_uitleg")}</p>
    </form>
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
