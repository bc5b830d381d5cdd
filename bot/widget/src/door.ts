// The way to the door: one request, and one that does not give up. Nothing here is logged, and nothing that the doctor
// writes ever goes into an address.

export type Kind = "say" | "ask" | "reflect" | "refer" | "crisis" | "report" | "error";

export interface Choice {
  token: string;
  label: string;
}

export interface Input {
  type: "text" | "choice" | "several" | "scale" | "date" | "lines";
  choices?: Choice[];
  min?: number | null;
  max?: number | null;
}

export interface Link {
  label: string;
  href: string;
}

/** An option of a question that was asked before: whether it was chosen then, and now. */
export interface Mark {
  label: string;
  then: boolean;
  now: boolean;
}

/** A number on a scale; before: that of the last time. */
export interface Measure {
  value: number;
  highest: number;
  before: number | null;
}

/** A part of a report; earlier, marks: what it was the last time. */
export interface Section {
  heading: string;
  text: string;
  lines?: Line[];
  earlier?: string;
  marks?: Mark[];
  measure?: Measure | null;
}

export interface Message {
  /** Its number in the talk; null when it was not stored. */
  n: number | null;
  from: "bot" | "doctor";
  kind: Kind;
  text: string;
  input?: Input | null;
  links?: Link[];
  /** A report in parts: what each is about, and the doctor's own words. */
  sections?: Section[];
  /** A bewaarcode, which is shown once. */
  code?: string | null;
}

export interface Script {
  name: string;
  step: number;
  of: number;
  state: "running" | "paused" | "done";
}

export interface Line {
  who: string;
  said: string;
  unsaid: string;
}

export interface Content {
  text?: string;
  choice?: string;
  choices?: string[];
  value?: number;
  date?: string;
  lines?: Line[];
}

export interface Outgoing extends Content {
  id: string;
}

export interface Body {
  token?: string;
  messages?: Message[];
  script?: Script | null;
  stored?: boolean;
  /** Earlier messages whose words are others now. */
  changed?: Message[];
  /** The talk was erased with this message. */
  erased?: boolean;
  detail?: string;
  href?: string;
  answers?: { step: number; id: string; heading: string; answer: string; skipped: boolean }[];
  engine?: "ok" | "loading" | "down";
}

/** What came back. Status 0: nothing did. */
export interface Answer {
  status: number;
  ok: boolean;
  body: Body | null;
  /** Seconds that the door asks to wait. */
  after: number | null;
}

// The same id is safe to send again, so a silent door is left after this.
const PATIENCE_MS = 60_000;
const WORTH_ANOTHER_TRY = [0, 429, 502, 503, 504];

/** One request. */
export async function call(method: string, path: string, token: string | null, content?: object): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (content) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: content ? JSON.stringify(content) : null,
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { status, ok } = response;
    // An answer that was cut off half-way, or that is not the door's, is none.
    const body = status === 204 ? null : await response.json().catch(() => undefined);
    if (ok && body === undefined) return { status: 0, ok: false, body: null, after: null };
    return { status, ok, body: body ?? null, after: seconds(response.headers.get("Retry-After")) };
  } catch {
    return { status: 0, ok: false, body: null, after: null };
  }
}

/** A file of the door; null when it did not come. */
export async function fetchFile(path: string, token: string | null): Promise<Blob | null> {
  const headers = { Authorization: `Bearer ${token}` };
  try {
    const response = await fetch(path, { headers, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}

/** Asks until there is an answer worth having: through lost connections, a door that is down or too busy.
 * `delayed(answer, seconds)` hears of each delay, and `delayed(null)` when it is over. Gives null when `wanted` says no; `more` are further statuses worth another try. */
export async function insist(
  ask: () => Promise<Answer>,
  delayed: (answer: Answer | null, seconds?: number) => void,
  wanted: () => boolean,
  more: number[] = [],
): Promise<Answer | null> {
  for (let attempt = 0; wanted(); attempt += 1) {
    const answer = await ask();
    if (!wanted()) break;
    if (![...WORTH_ANOTHER_TRY, ...more].includes(answer.status)) {
      delayed(null);
      return answer;
    }
    const wait = answer.after ?? Math.min(2 ** attempt, 30);
    delayed(answer, wait);
    await pause(wait, answer.status !== 429);
  }
  return null;
}

const sleepers = new Set<() => void>();

/** Wakes what sleeps for want of a connection. */
export function wake(): void {
  for (const go of [...sleepers]) go();
}

function pause(wait: number, wakeable: boolean): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      sleepers.delete(go);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(go, wait * 1000);
    if (wakeable) sleepers.add(go);
  });
}

/** Retry-After in seconds; it may be a number or a date. */
function seconds(header: string | null): number | null {
  if (header === null) return null;
  const number = Number(header);
  const wait = Number.isFinite(number) ? number : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(wait) ? Math.max(1, Math.ceil(wait)) : null;
}
