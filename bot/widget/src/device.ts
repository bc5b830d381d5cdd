// What is kept on this device, and for how long: in the tab only, until the doctor says that the device is their own.

import type { Line, Outgoing } from "./door.js";

/** All that is kept of a talk on this device, beside what is being written in this tab. */
export interface Kept {
  token: string | null;
  /** What was sent and not answered yet, oldest first. */
  outbox: Sent[];
  /** Number of the last crisis message that was put away. */
  away: number;
}

export interface Sent {
  message: Outgoing;
  /** How the page shows it. */
  echo: string;
}

/** What seals: made from the PIN, kept beside the open talk, and gone as soon as that is sealed. */
interface Seal {
  salt: string;
  key: string;
}

/** What is sealed. */
interface Contents {
  kept: Kept;
  draft: string;
  lines: Line[];
}

interface Sealed {
  salt: string;
  iv: string;
  data: string;
  tries: number;
  /** Stands for the talk that it seals. */
  talk: string;
}

export const KEPT = "pas.talk";
export const SEALED = "pas.sealed";
const PIN = "pas.pin";
const SEEN = "pas.seen";
const DRAFT = "pas.draft";
const LINES = "pas.lines";
const EMPTY: Kept = { token: null, outbox: [], away: 0 };
const ROUNDS = 600_000;
const TRIES = 5;

/** Storage that some browsers refuse; then things last as long as the page. */
class Shelf {
  private readonly memory = new Map<string, string>();
  constructor(private readonly storage: () => Storage) {}

  get(key: string): string | null {
    const held = this.memory.get(key);
    if (held !== undefined) return held;
    try {
      return this.storage().getItem(key);
    } catch {
      return null;
    }
  }

  set(key: string, value: string): void {
    try {
      this.storage().setItem(key, value);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, value);
    }
  }

  drop(key: string): void {
    this.memory.delete(key);
    try {
      this.storage().removeItem(key);
    } catch {
      // Nothing was kept there.
    }
  }
}

const tab = new Shelf(() => sessionStorage);
const own = new Shelf(() => localStorage);

/** Whether the doctor said that this device is their own. */
export function isOwn(): boolean {
  return own.get(KEPT) !== null || own.get(SEALED) !== null;
}

const shelf = () => (isOwn() ? own : tab);

export function read(): Kept {
  try {
    return { ...EMPTY, ...JSON.parse(shelf().get(KEPT) ?? "{}") };
  } catch {
    return { ...EMPTY };
  }
}

export function write(change: Partial<Kept>): void {
  if (!isLocked()) shelf().set(KEPT, JSON.stringify({ ...read(), ...change }));
}

/** What was typed in this tab and not sent yet. */
export function draft(): string {
  return tab.get(DRAFT) ?? "";
}

export function setDraft(words: string): void {
  if (isLocked()) return;
  if (words) tab.set(DRAFT, words);
  else tab.drop(DRAFT);
}

/** The lines of a verbatim that were typed in this tab and not sent yet. */
export function lines(): Line[] {
  return JSON.parse(tab.get(LINES) ?? "[]");
}

export function setLines(typed: Line[]): void {
  if (isLocked()) return;
  if (typed.length) tab.set(LINES, JSON.stringify(typed));
  else tab.drop(LINES);
}

/** Another talk can begin here: of the one before nothing is left. */
export function startOver(): void {
  write(EMPTY);
  setDraft("");
  setLines([]);
}

/** Keep the talk beyond this tab, or no longer. */
export function setOwn(wanted: boolean): void {
  const kept = JSON.stringify(read());
  const pin = shelf().get(PIN);
  for (const place of [own, tab]) for (const name of [KEPT, PIN, SEEN]) place.drop(name);
  const to = wanted ? own : tab;
  to.set(KEPT, kept);
  if (pin) to.set(PIN, pin);
}

/** Nothing of any talk stays on this device; that it is the doctor's own is remembered when `stillOwn`. */
export function clear(stillOwn: boolean): void {
  const wasOwn = isOwn();
  for (const place of [own, tab]) for (const name of [KEPT, SEALED, PIN, SEEN, DRAFT, LINES]) place.drop(name);
  if (wasOwn && stillOwn) own.set(KEPT, JSON.stringify(EMPTY));
}

// --- the lock ----------------------------------------------------------------------------

export function canSeal(): boolean {
  return Boolean(globalThis.crypto?.subtle);
}

export function isLocked(): boolean {
  return tab.get(SEALED) !== null || own.get(SEALED) !== null;
}

export function hasPin(): boolean {
  return isLocked() || shelf().get(PIN) !== null;
}

export async function setPin(pin: string): Promise<void> {
  const salt = encode(crypto.getRandomValues(new Uint8Array(16)));
  const seal: Seal = { salt, key: await derive(pin, salt) };
  shelf().set(PIN, JSON.stringify(seal));
}

export function dropPin(): void {
  shelf().drop(PIN);
}

/** Seals what is kept: without the PIN nobody can read it here any more. */
export async function lock(): Promise<void> {
  const place = shelf();
  const seal: Seal | null = JSON.parse(place.get(PIN) ?? "null");
  if (!seal || isLocked()) return;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const kept = read();
  const plain = JSON.stringify({ kept, draft: draft(), lines: lines() } satisfies Contents);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await cipher(seal.key), bytes(plain));
  const talk = await digest(kept.token ?? "");
  const sealed: Sealed = { salt: seal.salt, iv: encode(iv), data: encode(new Uint8Array(data)), tries: 0, talk };
  place.set(SEALED, JSON.stringify(sealed));
  place.drop(KEPT);
  place.drop(PIN);
  tab.drop(DRAFT);
  tab.drop(LINES);
}

/** Whether what is sealed here is the talk of this token. */
export async function isSealed(token: string): Promise<boolean> {
  const sealed: Sealed | null = JSON.parse((own.get(SEALED) ?? tab.get(SEALED)) ?? "null");
  return sealed !== null && sealed.talk === (await digest(token));
}

let opening: Promise<number | null> | null = null;


/** Opens what was sealed. Gives how many tries are left after a wrong PIN, and null when it is open. One try at a time. */
export function unlock(pin: string): Promise<number | null> {
  opening ??= open(pin).finally(() => (opening = null));
  return opening;
}

async function open(pin: string): Promise<number | null> {
  const place = own.get(SEALED) === null ? tab : own;
  const sealed: Sealed = JSON.parse(place.get(SEALED) ?? "null");
  sealed.tries += 1;
  place.set(SEALED, JSON.stringify(sealed));
  const key = await derive(pin, sealed.salt);
  let contents: Contents;
  try {
    const how = { name: "AES-GCM", iv: decode(sealed.iv) };
    const plain = await crypto.subtle.decrypt(how, await cipher(key), decode(sealed.data));
    contents = JSON.parse(new TextDecoder().decode(plain));
  } catch {
    if (sealed.tries >= TRIES) clear(true);
    return Math.max(0, TRIES - sealed.tries);
  }
  place.set(KEPT, JSON.stringify(contents.kept));
  place.set(PIN, JSON.stringify({ salt: sealed.salt, key } satisfies Seal));
  place.drop(SEALED);
  setDraft(contents.draft);
  setLines(contents.lines);
  return null;
}

async function derive(pin: string, salt: string): Promise<string> {
  const base = await crypto.subtle.importKey("raw", bytes(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: decode(salt), iterations: ROUNDS };
  return encode(new Uint8Array(await crypto.subtle.deriveBits(how, base, 256)));
}

const cipher = (key: string) =>
  crypto.subtle.importKey("raw", decode(key), "AES-GCM", false, ["encrypt", "decrypt"]);

// Not the plain hash: the door names a talk by that.
const digest = async (text: string) => encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(`device:${text}`))));

const bytes = (text: string) => new TextEncoder().encode(text);
const encode = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const decode = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// --- when the doctor was last here -------------------------------------------------------

export function seen(now: number): void {
  shelf().set(SEEN, String(now));
}

/** When someone last did something here, in milliseconds; 0 when never. */
export function lastSeen(): number {
  return Number(shelf().get(SEEN) ?? 0);
}
