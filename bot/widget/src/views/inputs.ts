// The live input of the newest question: buttons, ticks, a scale, a date, the lines of a verbatim.

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import * as device from "../device.js";
import type { Choice, Content, Input, Line, Message } from "../door.js";
import { t } from "../texts.js";
import { grow } from "./grow.js";

type Give = (content: Content, echo: string) => void;
type Draw = (input: Input, give: Give) => TemplateResult;

export function liveInput(question: Message | null, busy: boolean, give: Give): TemplateResult | typeof nothing {
  const input = question?.input;
  const draw = input && DRAWN[input.type];
  if (!input || !draw) return nothing;
  // Asked again with another number it is another question, and comes back empty.
  return html`
    <div id="answer" tabindex="-1" role="group" aria-labelledby="m-n${question.n}" aria-busy=${busy}>
      ${keyed(
        question.n,
        draw(input, (content, echo) => {
          if (!busy) give(content, echo);
        }),
      )}
    </div>
  `;
}

const DRAWN: Partial<Record<Input["type"], Draw>> = {
  choice: ({ choices = [] }, give) => html`
    <div class="choices">
      ${choices.map(
        (choice, index) => html`
          <button type="button" @click=${() => give({ choice: choice.token }, choice.label)}>${numbered(choice, index)}</button>
        `,
      )}
    </div>
  `,

  several: ({ choices = [], min, max }, give) => html`
    <form
      class="several"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const ticked = new FormData(form).getAll("choice");
        const picked = choices.filter((choice) => ticked.includes(choice.token));
        const fits = picked.length >= (min ?? 0) && picked.length <= (max ?? choices.length);
        form.querySelector(".wrong")!.textContent = fits ? "" : howMany(choices.length, min, max);
        const echo = picked.map((choice) => choice.label).join("\n") || t("geen_hiervan");
        if (fits) give({ choices: picked.map((choice) => choice.token) }, echo);
      }}
    >
      <fieldset>
        <legend>${howMany(choices.length, min, max)}</legend>
        ${choices.map(
          (choice, index) => html`
            <label><input type="checkbox" name="choice" value=${choice.token} />${numbered(choice, index)}</label>
          `,
        )}
      </fieldset>
      <div class="send">
        <p class="wrong" role="alert"></p>
        <button type="submit" class="primary">${t("verstuur_keuze")}</button>
      </div>
    </form>
  `,

  scale: ({ min, max }, give) => {
    const [low, high] = [min ?? 1, max ?? 10];
    const values = Array.from({ length: high - low + 1 }, (_, index) => low + index);
    return html`
      <div class="scale" role="group" aria-label=${t("kies_getal", { van: low, tot: high })}>
        ${values.map((value) => html`<button type="button" @click=${() => give({ value }, String(value))}>${value}</button>`)}
      </div>
    `;
  },

  date: (_input, give) => html`
    <form
      class="date"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const field = (event.target as HTMLFormElement).elements.namedItem("day") as HTMLInputElement;
        const day = field.valueAsDate?.toLocaleDateString("nl-NL", { dateStyle: "long", timeZone: "UTC" });
        if (day) give({ date: field.value }, day);
      }}
    >
      <label>${t("datum")} <input type="date" name="day" required autocomplete="off" /></label>
      <button type="submit" class="primary">${t("verstuur_datum")}</button>
    </form>
  `,

  lines: (_input, give) => html`<pas-lines .give=${give}></pas-lines>`,
};

/** How many may be chosen. */
function howMany(count: number, min: number | null | undefined, max: number | null | undefined): string {
  const [low, high] = [min ?? 0, Math.min(max ?? count, count)];
  if (low === high) return t("kies_er", { aantal: low });
  if (low > 1) return t("kies_tussen", { van: low, tot: high });
  return high < count ? t("kies_hoogstens", { tot: high }) : t("meer_mag");
}

/** The number in front is for who types it. */
function numbered(choice: Choice, index: number): TemplateResult {
  return html`<span class="number">${index + 1}</span> <span>${choice.label}</span>`;
}

/** The lines of a verbatim: who, what was said, and what was not. What is typed is kept until it is sent. */
class Lines extends HTMLElement {
  give: Give = () => {};

  connectedCallback(): void {
    const form = document.createElement("form");
    form.className = "lines";
    form.autocomplete = "off";
    const rows = document.createElement("div");
    const more = Object.assign(document.createElement("button"), { type: "button", textContent: t("regel_erbij") });
    const send = Object.assign(document.createElement("button"), {
      type: "submit",
      className: "primary",
      textContent: t("verstuur_regels"),
    });
    const row = document.createElement("div");
    row.className = "row";
    row.append(more, send);
    form.append(rows, row);
    more.addEventListener("click", () => this.add(rows).querySelector("textarea")?.focus());
    form.addEventListener("input", () => device.setLines(typed(rows)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(rows);
    });
    for (const line of device.lines()) this.add(rows, line);
    while (rows.children.length < 2) this.add(rows);
    this.replaceChildren(form);
  }

  private add(rows: HTMLElement, line?: Line): HTMLElement {
    const number = rows.children.length;
    const whose = number % 2 ? t("de_patient") : t("ik");
    const set = document.createElement("fieldset");
    set.className = "line";
    const legend = Object.assign(document.createElement("legend"), { className: "unseen" });
    legend.textContent = t("regel", { nummer: number + 1 });
    set.append(
      legend,
      this.field("who", t("wie"), line?.who ?? whose),
      this.field("said", t("gezegd"), line?.said ?? ""),
      this.field("unsaid", t("niet_gezegd"), line?.unsaid ?? ""),
    );
    rows.append(set);
    return set;
  }

  private field(name: string, text: string, value: string): HTMLElement {
    const label = document.createElement("label");
    const field = document.createElement(name === "who" ? "input" : "textarea");
    field.name = name;
    field.autocomplete = "off";
    field.spellcheck = false;
    field.value = value;
    if (field instanceof HTMLTextAreaElement) {
      field.rows = 1;
      field.addEventListener("input", () => grow(field));
    } else field.maxLength = 40;
    label.append(text, " ", field);
    return label;
  }

  private submit(rows: HTMLElement): void {
    const lines = typed(rows).filter((line) => line.said || line.unsaid);
    const echo = lines.map(({ who, said, unsaid }) => `${who}: ${said}${unsaid && ` (${unsaid})`}`).join("\n");
    if (!lines.length) return rows.querySelector("textarea")?.focus();
    device.setLines([]);
    this.give({ lines }, echo);
  }
}

function typed(rows: HTMLElement): Line[] {
  return [...rows.children].map((row) => {
    const value = (name: string) => row.querySelector<HTMLInputElement>(`[name=${name}]`)!.value.trim();
    return { who: value("who") || t("ik"), said: value("said"), unsaid: value("unsaid") };
  });
}

customElements.define("pas-lines", Lines);
