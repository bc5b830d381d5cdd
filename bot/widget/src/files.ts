// Files that the page itself hands over, to be put where the doctor wants them.

export function save(name: string, content: string | Blob): void {
  const href = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type: "text/plain" }) : content);
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
