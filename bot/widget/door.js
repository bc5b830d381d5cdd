// The way to the door: the token, one request, and a sender that does not give up.
// Nothing here is logged, and nothing that the doctor writes ever goes into an address.

const KEY = "token";
const PATIENCE = 60_000; // the same id is safe to send again, so a silent door is left after this

export const token = {
  get: () => sessionStorage.getItem(KEY),
  set: (value) => sessionStorage.setItem(KEY, value),
  drop: () => sessionStorage.removeItem(KEY),
};

/** One request. Status 0 means that no answer came; `body` is null when it was no JSON. */
export async function call(method, path, body) {
  const headers = { Accept: "application/json, application/problem+json" };
  const used = token.get();
  if (used) headers.Authorization = `Bearer ${used}`;
  if (body) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const parsed = await response.json().catch(() => null);
    const after = retryAfter(response.headers.get("Retry-After"));
    return { status: response.status, ok: response.ok, body: parsed, after, used };
  } catch {
    return { status: 0, ok: false, body: null, after: null, used };
  }
}

let cut = false; // whether the last request found no connection

/** Sends until there is an answer worth having: through lost connections, a door that is
 * down or too busy. `notify(answer, seconds)` hears of each delay and null once it is over.
 * What is sent before (`after`) keeps its place, but the first try waits for it only when
 * there is no connection: at the door every message is read for danger at once. */
export async function insist(method, path, body, notify, { wanted = () => true, after } = {}) {
  wake();
  if (cut) await after;
  for (let attempt = 0; wanted(); attempt += 1) {
    const answer = await call(method, path, body);
    cut = answer.status === 0;
    if (!wanted()) break;
    if (![0, 429, 502, 503, 504].includes(answer.status)) {
      notify(null);
      return answer;
    }
    const seconds = answer.after ?? Math.min(2 ** attempt, 30);
    notify(answer, seconds);
    await Promise.all([after, pause(seconds, answer.status !== 429)]);
  }
  return null;
}

const sleepers = new Set();

/** Wakes what sleeps for want of a connection. */
function wake() {
  for (const go of [...sleepers]) go();
}
addEventListener("online", wake);

function pause(seconds, wakeable) {
  return new Promise((resolve) => {
    const go = () => {
      sleepers.delete(go);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(go, seconds * 1000);
    if (wakeable) sleepers.add(go);
  });
}

/** Retry-After in seconds; it may be a number or a date. */
function retryAfter(header) {
  if (header === null) return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(wait) ? Math.max(1, Math.ceil(wait)) : null;
}
