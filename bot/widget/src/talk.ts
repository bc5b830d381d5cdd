// What the page shows: a talk, a lock, or that it was closed; and above all of them the crisis card.

import * as device from "./device.js";
import { call, fetchFile, wake, type Body, type Message } from "./door.js";
import { Session } from "./session.js";
import { Tabs } from "./tabs.js";
import { save } from "./files.js";
import { t } from "./texts.js";

export type Phase = "talk" | "locked" | "closed";
type Reason = "idle" | "guessed" | "left";

const HEALTH_MS = 3000;

export class Talk extends EventTarget {
  phase: Phase = "talk";
  session: Session;
  /** The crisis message on the card: it stays, whatever becomes of the talk, until it is put away. */
  crisis: Message | null = null;
  /** Whether there was danger in this talk. */
  alarmed = false;
  health: "ok" | "loading" | "down" = "ok";
  /** Why the talk was closed. */
  reason: Reason = "left";

  private readonly tabs: Tabs;

  constructor() {
    super();
    this.session = this.made(null);
    this.tabs = new Tabs({
      token: () => (this.phase === "talk" ? this.session.token : null),
      changed: () => this.session.catchUp(),
      ended: (token) => void this.endedElsewhere(token),
    });
    addEventListener("online", wake);
    addEventListener("storage", (event) => this.followStorage(event));
    document.addEventListener("visibilitychange", () => this.session.catchUp());
    void this.watchHealth();
  }

  private readonly tell = (): void => {
    this.dispatchEvent(new Event("change"));
  };

  private made(token: string | null): Session {
    const session: Session = new Session(token, {
      changed: () => this.session === session && this.tell(),
      danger: (message) => this.raise(message),
      over: (words) => void this.begin(words),
      returned: () => this.dispatchEvent(new Event("returned")),
      said: () => session.token && this.tabs.change(),
    });
    return session;
  }

  private raise(message: Message): void {
    this.crisis = message;
    this.alarmed = true;
    this.tell();
  }

  putAway(): void {
    if (this.crisis?.n) device.write({ away: this.crisis.n });
    this.crisis = null;
    this.tell();
  }

  // --- beginning and ending --------------------------------------------------------------

  /** Begins, or goes on where the doctor was; the words are shown first. */
  async begin(words: string[] = []): Promise<void> {
    this.session.stop();
    if (device.isLocked()) return this.show("locked");
    const waiting = (this.session = this.made(device.read().token));
    this.alarmed = false;
    for (const word of words) waiting.notice(word);
    this.show("talk");
    if (!waiting.token) {
      const found = await this.tabs.ask();
      if (this.session !== waiting || device.isLocked()) return;
      if (found) {
        waiting.token = found;
        device.write({ token: found });
      }
    }
    await waiting.start();
  }

  private show(phase: Phase): void {
    this.phase = phase;
    this.tell();
  }

  private hide(phase: Phase): void {
    this.session.stop();
    this.session = this.made(null);
    this.show(phase);
  }

  /** Throws the talk away at the door, and begins anew. Gives whether that was done. */
  async erase(): Promise<boolean> {
    const { session } = this;
    const answer = await call("DELETE", "/api/conversation", session.token);
    if (!answer.ok && answer.status !== 401) {
      session.notice(answer.status ? (answer.body?.detail ?? t("mislukt")) : t("wissen_mislukt"));
      return false;
    }
    if (session.token) this.tabs.end(session.token);
    device.startOver();
    await this.begin([t("gewist")]);
    return true;
  }

  /** Nothing of the talk stays on this device. It is not erased at the door. */
  close(reason: Reason): void {
    const { token } = this.session;
    this.reason = reason;
    device.clear(reason !== "left");
    this.hide("closed");
    // Too long nobody was here is for each tab to see: another may have a PIN.
    if (token && reason !== "idle") this.tabs.end(token);
  }

  /** Another tab closed or erased this talk. */
  private async endedElsewhere(token: string): Promise<void> {
    const ours = this.phase === "locked" ? await device.isSealed(token) : this.session.token === token;
    if (!ours || this.phase === "closed") return;
    this.reason = "left";
    if (device.read().token === token || this.phase === "locked") device.clear(true);
    this.hide("closed");
  }

  /** Too long nobody was here: behind the PIN, behind a cover on the doctor's own device, and else closed. */
  async lock(): Promise<void> {
    if (this.phase !== "talk") return;
    if (device.hasPin()) await device.lock();
    else if (!device.isOwn()) return this.close("idle");
    this.hide("locked");
  }

  /** Opens with the PIN. Gives how many tries are left, and null when it is open. */
  async unlock(pin: string): Promise<number | null> {
    const left = await device.unlock(pin);
    if (left === null) void this.begin();
    else if (left === 0) this.close("guessed");
    return left;
  }

  /** What another tab did to what is kept on the doctor's own device. */
  private followStorage({ key, newValue }: StorageEvent): void {
    const { token } = this.session;
    if (key === device.SEALED && newValue !== null && this.phase === "talk") this.hide("locked");
    else if (key === device.SEALED && newValue === null && this.phase === "locked") void this.begin();
    else if (key === device.KEPT && newValue === null && token && this.phase === "talk" && !device.isLocked()) {
      // It is no longer kept beyond the tabs; this tab keeps it for itself.
      device.write({ token });
    } else if (key === device.KEPT && this.phase === "talk" && token && device.read().token !== token) void this.begin();
    else this.tell();
  }

  // --- what is asked of the door beside the talk -----------------------------------------

  async answers(): Promise<Body["answers"] | null> {
    const answer = await call("GET", "/api/answers", this.session.token);
    return answer.ok ? (answer.body?.answers ?? []) : null;
  }

  async download(format: string): Promise<string | null> {
    const { session } = this;
    const answer = await call("POST", "/api/report", session.token, { format });
    const href = answer.ok && answer.body?.href ? new URL(answer.body.href, location.origin) : null;
    if (href?.origin === location.origin) return href.href;
    session.notice(answer.body?.detail ?? t("mislukt"));
    return null;
  }

  /** Hands over everything of the talk in one file. */
  async everything(): Promise<void> {
    const { session } = this;
    const file = await fetchFile("/api/export", session.token);
    if (file) save(t("alles_bestand"), file);
    else session.notice(t("mislukt"));
  }

  /** Says so while the engine still starts, and looks again until it is there. */
  private async watchHealth(): Promise<void> {
    const { body } = await call("GET", "/health", null);
    const engine = body?.engine ?? "ok";
    if (engine !== this.health) {
      this.health = engine;
      this.tell();
    }
    if (engine !== "ok") setTimeout(() => void this.watchHealth(), HEALTH_MS);
  }
}
