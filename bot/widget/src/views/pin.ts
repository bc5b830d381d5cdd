// A field for a PIN.

import { html } from "lit";
import { t } from "../texts.js";

export const pinField = (id: string) => html`
  <input id=${id} name="pin" type="password" inputmode="numeric" pattern="[0-9]{4,8}" minlength="4" maxlength="8" required
    autocomplete="off" aria-describedby="${id}-hint" title=${t("pin_vorm")} />
`;

export const pinHint = (id: string) => html`<p class="small" id="${id}-hint">${t("pin_vorm")}</p>`;

export function pinOf(event: SubmitEvent): string {
  return String(new FormData(event.target as HTMLFormElement).get("pin"));
}
