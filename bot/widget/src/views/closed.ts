// What stands there when the talk is locked or closed.

import { html, type TemplateResult } from "lit";
import * as device from "../device.js";
import type { Talk } from "../talk.js";
import { t } from "../texts.js";
import { pinField, pinHint, pinOf } from "./pin.js";

export function lockScreen(talk: Talk): TemplateResult {
  const tryPin = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const pin = pinOf(event);
    form.reset();
    const left = await talk.unlock(pin);
    if (left === null || left === 0) return;
    form.querySelector(".wrong")!.textContent = t("pin_fout", { over: left });
    form.querySelector("input")!.focus();
  };
  return html`
    <main class="still">
      <div class="column">
        <h2 tabindex="-1">${t(device.isLocked() ? "op_slot" : "even_weg_kop")}</h2>
        ${device.isLocked()
          ? html`
              <p>${t("op_slot_uitleg")}</p>
              <form class="pin" autocomplete="off" @submit=${tryPin}>
                <label for="pin">${t("pin")}</label>
                <div class="row">${pinField("pin")}<button type="submit" class="primary">${t("open")}</button></div>
                ${pinHint("pin")}
                <p class="wrong" role="alert"></p>
              </form>
            `
          : html`
              <p>${t("even_weg")}</p>
              <button type="button" class="primary" @click=${() => void talk.begin()}>${t("ga_verder")}</button>
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
        <h2 tabindex="-1">${t("afgesloten")}</h2>
        <p>${t(`afgesloten_${talk.reason}`)}</p>
        <button type="button" class="primary" @click=${() => void talk.begin()}>${t("nieuw_gesprek")}</button>
      </div>
    </main>
  `;
}

