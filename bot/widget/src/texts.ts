// The Dutch of the page. It stands in data/responses/pagina.yml and comes with the page, as JSON.

const TEXTS: Record<string, string> = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");

/** A text, filled in. Throws on a text that is not there: a build without it must not pass its tests. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const text = TEXTS[key];
  if (text === undefined) throw new Error(`no text: ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
