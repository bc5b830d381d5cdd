// Bubbles, the crisis card, how far along. Text is always set as text.

import { html, nothing, type TemplateResult } from "lit";
import type { Link, Mark, Measure, Message, Script, Section } from "../door.js";
import type { Shown } from "../session.js";
import { save } from "../files.js";
import { t } from "../texts.js";

const FORMATS = ["pdf", "txt", "md", "ics"];

export function bubble(message: Shown, shown: Shown[], download: (format: string) => void): TemplateResult {
  const own = message.from === "doctor";
  const classes = own ? `message doctor${message.pending ? " pending" : ""}` : `message bot ${message.kind}`;
  return html`
    <div class=${classes} id="m-${message.key}" data-key=${message.key}
      aria-live=${message.kind === "crisis" ? "off" : nothing}>
      <span class="unseen">${own ? t("jij") : t("naam")}: </span>
      ${own ? said(message, shown) : body(message)}
      ${links(message.links ?? [])}
      ${message.kind === "report" ? files(download) : nothing}
    </div>
  `;
}

function body(message: Message): TemplateResult {
  if (message.code) return code(message.code);
  return message.sections?.length ? report(message) : words(message);
}

/** The words of a bewaarcode, one under the other, to write down or to take away. */
function code(words: string): TemplateResult {
  return html`
    <h2>${t("bewaarcode")}</h2>
    <ol class="code" translate="no">${words.split(" ").map((word) => html`<li>${word}</li>`)}</ol>
    <div class="report-files" role="group" aria-label=${t("bewaarcode")}>
      <button type="button" @click=${() => save(t("bewaarcode_bestand"), t("bewaarcode_tekst", { code: words }))}>
        ${t("bewaarcode_opslaan")}
      </button>
      <p class="small">${t("bewaarcode_eenmalig")}</p>
    </div>
  `;
}

/** What the bot says; in a question that asks on, the doctor's own words stand out. */
function words(message: Message): TemplateResult {
  const quoted = message.kind === "reflect" ? /^([^‘]*)‘(.+)’([^’]*)$/s.exec(message.text) : null;
  if (!quoted) return html`<p class="text">${message.text}</p>`;
  return html`<p class="text">${quoted[1]}<q class="own">${quoted[2]}</q>${quoted[3]}</p>`;
}

/** The summary: its title, and the doctor's words under what each part is about. */
function report(message: Message): TemplateResult {
  const title = message.text.split("\n", 1)[0];
  return html`
    <h2>${title}</h2>
    ${(message.sections ?? []).map((part) => html`<h3>${part.heading}</h3>${section(part)}`)}
  `;
}

/** An answer, beside that of the last time where there is one. */
function section(part: Section): TemplateResult {
  if (part.marks?.length) return marks(part.marks);
  if (part.measure) return measure(part.measure);
  if (part.lines?.length) return verbatim(part.lines.map(({ who, said, unsaid }) => [who, said, unsaid]));
  if (!part.earlier) return html`<p class="text">${part.text}</p>`;
  return html`
    <table class="beside">
      <thead><tr><th scope="col">${t("vorige_keer")}</th><th scope="col">${t("nu")}</th></tr></thead>
      <tbody><tr><td>${part.earlier}</td><td>${part.text}</td></tr></tbody>
    </table>
  `;
}

/** What was chosen the last time and what now, one under the other. */
function marks(list: Mark[]): TemplateResult {
  const dot = (yes: boolean) =>
    html`<td><span aria-hidden="true">${yes ? "●" : "○"}</span><span class="unseen">${t(yes ? "wel" : "niet")}</span></td>`;
  return html`
    <table class="moved">
      <thead>
        <tr><th scope="col">${t("signaal")}</th><th scope="col">${t("vorige_keer")}</th><th scope="col">${t("nu")}</th></tr>
      </thead>
      <tbody>
        ${list.map(({ label, then, now }) => html`<tr><th scope="row">${label}</th>${dot(then)}${dot(now)}</tr>`)}
      </tbody>
    </table>
  `;
}

/** A number on a scale, drawn; above it that of the last time. */
function measure({ value, highest, before }: Measure): TemplateResult {
  const row = (label: string, number: number) => html`
    <div class="measure">
      <span>${label}</span>
      <meter min="0" max=${highest} value=${number} aria-label=${label}></meter>
      <span>${t("op_schaal", { waarde: number, hoogste: highest })}</span>
    </div>
  `;
  return html`${before == null ? nothing : row(t("vorige_keer"), before)}${row(t("nu"), value)}`;
}

const LINE = /^([^:\n]{1,40}): (.*?)(?: \((.+)\))?$/;

/** What the doctor said; the lines of a verbatim side by side, what was said and what was not. */
function said(message: Shown, shown: Shown[]): TemplateResult {
  const rows = message.text.split("\n").map((line) => LINE.exec(line));
  if (rows.some((row) => !row) || !answersLines(message, shown)) return html`<p class="text">${message.text}</p>`;
  return verbatim(rows.map((row) => row!.slice(1)));
}

/** Lines side by side: who, what was said, what was not. */
function verbatim(rows: string[][]): TemplateResult {
  return html`
    <table class="verbatim">
      <thead>
        <tr><th scope="col">${t("wie")}</th><th scope="col">${t("gezegd")}</th><th scope="col">${t("niet_gezegd")}</th></tr>
      </thead>
      <tbody>
        ${rows.map(([who, said, unsaid]) => html`<tr><th scope="row">${who}</th><td>${said}</td><td>${unsaid ?? ""}</td></tr>`)}
      </tbody>
    </table>
  `;
}

/** Whether the question before it asked for the lines of a verbatim. */
function answersLines(message: Shown, shown: Shown[]): boolean {
  const before = shown.slice(0, shown.indexOf(message));
  return before.findLast((other) => other.from === "bot" && other.input)?.input?.type === "lines";
}

/** Only telephone, mail and https become links; anything else stays text. */
function links(list: Link[]): TemplateResult | typeof nothing {
  if (!list.length) return nothing;
  return html`<ul class="links">
    ${list.map(({ label, href }) => {
      if (!/^(tel:|mailto:|https:\/\/)/i.test(href)) return html`<li>${label}</li>`;
      return /^https:/i.test(href)
        ? html`<li><a href=${href} target="_blank" rel="noopener noreferrer">${label}</a></li>`
        : html`<li><a href=${href}>${label}</a></li>`;
    })}
  </ul>`;
}

function files(download: (format: string) => void): TemplateResult {
  return html`
    <div class="report-files" role="group" aria-label=${t("verslag_bewaren")}>
      <span>${t("bewaren_als")}</span>
      ${FORMATS.map((format) => html`<button type="button" @click=${() => download(format)}>${t(`bewaren_${format}`)}</button>`)}
      <button type="button" @click=${() => print()}>${t("afdrukken")}</button>
    </div>
  `;
}

/** What it is, who can read along, and that it is no emergency line. */
export function about(): TemplateResult {
  return html`
    <p class="about">
      <span>${t("wat_het_is")}</span> <span>${t("wie_leest_mee")}
      <a href="/privacy" target="_blank" rel="noopener">${t("hoe_dat_zit")}</a></span> <span>${t("geen_noodlijn")}</span>
    </p>
  `;
}

/** Stays on top until the doctor puts it away. */
export function crisisCard(message: Message | null, putAway: () => void): TemplateResult {
  return html`
    <section id="crisis" class="crisis-card" aria-label=${t("hulp_nu")} ?hidden=${!message}>
      <div class="column">
        <div id="crisis-body" role="alert">
          ${message ? html`${links(message.links ?? [])}<p class="text">${message.text}</p>` : nothing}
        </div>
        <button type="button" id="crisis-close" @click=${putAway}>${t("kaart_weg")}</button>
      </div>
    </section>
  `;
}

export function progressBar(script: Script | null): TemplateResult | typeof nothing {
  if (!script?.of || script.state === "done") return nothing;
  const label = t(script.state === "paused" ? "pauze_bij" : "vraag_van", { stap: script.step, van: script.of });
  return html`
    <div id="progress" class="column">
      <label for="progress-bar">${label}</label>
      <progress id="progress-bar" max=${script.of} value=${script.step}></progress>
    </div>
  `;
}

