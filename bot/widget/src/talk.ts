// The talk: begins or restores it, sends, receives, and never lets a crisis message pass unseen. Knows no page.

import * as device from "./device.js";
import { call, insist, wake, type Answer, type Body, type Content, type Message, type Script } from "./door.js";
import { t } from "./texts.js";
import { Tabs } from "./tabs.js";

/** A message as it is shown: with a key that stays, where it stands, and whether it still is under way. */
export interface Shown extends Message {
  key: string;
  at: number;
  pending?: boolean;
}

export type Phase = "beginning" | "open" | "locked" | "closed";

const BEGINS_QUESTION = ["ask", "reflect", "report"];
const HEALTH_MS = 3000;

export class Talk extends EventTarget {
  phase: Phase = "beginning";
  shown: Shown[] = [];
  /** The newest question, when it has an input of its own. */
  question: Message | null = null;
  script: Script | null = null;
  /** The crisis message on the card. */
  crisis: Message | null = null;
  /** What is the matter with the connection. */
  status = "";
  health: "ok" | "loading" | "down" = "ok";
  sending = 0;
  /** Whether what is shown was said before, and is not to be read out again. */
  restoring = false;
  /** Why the talk was closed: it stood open too long, or someone guessed at the PIN. */
  reason: "idle" | "guessed" | "left" = "left";

  private readonly tabs: Tabs;
  private asked = 0;
  private alarms = new Set<number | string>();
  private last = 0;
  private life = 0;
  private made = 0;
  private queue: Promise<unknown> = Promise.resolve();
  /** Whether the last try found no connection. */
  private cut = false;
  private beginning: Promise<void> | null = null;

  constructor() {
    super();
    this.tabs = new Tabs({
      token: () => (this.phase === "open" ? this.token : null),
      changed: () => void this.catchUp(),
      ended: () => this.endedElsewhere(),
    });
    addEventListener("online", wake);
    addEventListener("storage", () => this.followStorage());
    void this.watchHealth();
  }

  /** Whether there was danger in this talk. */
  get alarmed(): boolean {
    return this.shown.some((message) => message.kind === "crisis");
  }

  get token(): string | null {
    return device.read().token;
  }

  private tell(): void {
    this.dispatchEvent(new Event("change"));
  }

  // --- what comes in ---------------------------------------------------------------------

  /** Takes in what an answer carries, whatever its status. `sent` is the message that it answers. */
  private receive(body: Body | null, sent?: Shown): void {
    const messages = body?.messages ?? [];
    if (sent) this.number(sent, messages);
    for (const message of messages) this.take(message, sent?.key);
    this.shown.sort((a, b) => a.at - b.at);
    if (body?.script !== undefined) {
      const runs = body.script?.state === "running";
      const ran = this.script?.state === "running";
      if (ran && !runs && !messages.some((message) => message.input)) this.question = null;
      this.script = body.script;
    }
    this.tell();
  }

  /** The doctor's message stands right before the first reply to it. */
  private number(sent: Shown, replies: Message[]): void {
    const first = replies.find((reply) => reply.n !== null)?.n;
    if (!first) return;
    const known = this.shown.find((other) => other !== sent && other.n === first - 1);
    if (known) this.shown = this.shown.filter((other) => other !== sent);
    sent.n = sent.at = first - 1;
  }

  private take(message: Message, answers?: string): void {
    if (message.n !== null) {
      if (this.shown.some((other) => other.n === message.n)) return;
      this.last = Math.max(this.last, message.n);
    }
    if (message.kind === "crisis" && !this.alarm(message, answers)) return;
    this.shown.push(this.placed(message));
    const number = message.n ?? 0;
    if (message.from === "bot" && (message.input || BEGINS_QUESTION.includes(message.kind)) && number >= this.asked) {
      this.asked = number;
      this.question = message.input ? message : null;
    }
  }

  /** What has no number stands after what was there last. */
  private placed(message: Message): Shown {
    this.made += 1;
    if (message.n !== null) return { ...message, key: `n${message.n}`, at: message.n };
    return { ...message, key: `x${this.made}`, at: this.last + 0.5 };
  }

  /** Lays the card on top, once for each message; false when there is nothing new in it. A crisis message that was not
   * stored has no number; it is known by what it answers. */
  private alarm(message: Message, answers = ""): boolean {
    const name = message.n ?? answers;
    if (this.alarms.has(name)) return false;
    this.alarms.add(name);
    if (message.n === null || message.n > device.read().away) this.crisis = message;
    return true;
  }

  putAway(): void {
    if (this.crisis?.n) device.write({ away: this.crisis.n });
    this.crisis = null;
    this.tell();
  }

  /** A word of the page itself. */
  notice(text: string): void {
    this.shown.push(this.placed({ n: null, from: "bot", kind: "error", text }));
    this.shown.sort((a, b) => a.at - b.at);
    this.tell();
  }

  private complaint(answer: Answer): string {
    return answer.body?.detail ?? t("mislukt");
  }

  private readonly delayed = (answer: Answer | null, wait?: number): void => {
    const why = answer && (answer.body?.detail ?? t(answer.status ? "hapert" : "verbinding_weg"));
    const then = answer?.status === 429 ? t("wachten", { tellen: wait ?? 0 }) : t("opnieuw");
    const status = why ? `${why} ${then}` : "";
    if (status === this.status) return;
    this.status = status;
    this.tell();
  };

  // --- beginning and ending --------------------------------------------------------------

  /** Begins, or goes on where the doctor was. One at a time, whoever asks. */
  begin(): Promise<void> {
    if (device.isLocked()) {
      this.phase = "locked";
      this.tell();
      return Promise.resolve();
    }
    this.beginning ??= this.restoreOrStart().finally(() => (this.beginning = null));
    return this.beginning;
  }

  private async restoreOrStart(): Promise<void> {
    const life = this.life;
    const wanted = () => life === this.life;
    if (!this.token) {
      const found = await this.tabs.ask();
      if (found && wanted()) device.write({ token: found });
    }
    if (this.token) {
      await this.sendWaiting();
      const answer = await insist(() => call("GET", "/api/conversation?since=0", this.token), this.delayed, wanted);
      if (!answer) return;
      if (answer.ok) return this.restore(answer.body);
      if (answer.status !== 401) return this.notice(this.complaint(answer));
      this.forget();
      device.write({ token: null, outbox: [], away: 0 });
    }
    const answer = await insist(() => call("POST", "/api/conversation", null), this.delayed, () => life <= this.life);
    if (!answer) return;
    this.phase = "open";
    if (answer.ok && answer.body?.token) device.write({ token: answer.body.token });
    this.receive(answer.body);
    if (!answer.ok) this.notice(this.complaint(answer));
  }

  private restore(body: Body | null): void {
    this.phase = "open";
    this.restoring = true;
    this.shown = this.shown.filter((message) => message.pending);
    this.receive(body);
    setTimeout(() => {
      this.restoring = false;
      this.tell();
    }, 500);
  }

  /** Takes in what another tab said. */
  private async catchUp(): Promise<void> {
    if (this.phase !== "open" || !this.token) return;
    const answer = await call("GET", `/api/conversation?since=${this.last}`, this.token);
    if (answer.ok) this.receive(answer.body);
    else if (answer.status === 401) this.endedElsewhere();
  }

  /** What another tab did to what is kept on the doctor's own device. */
  private followStorage(): void {
    if (device.isLocked() && this.phase === "open") this.hide("locked");
    else if (this.phase === "locked" && !device.isLocked()) this.reopen();
  }

  private endedElsewhere(): void {
    if (this.phase !== "open") return;
    if (!device.isOwn()) device.clear(false);
    this.crisis = null;
    this.hide("closed");
  }

  private forget(): void {
    this.life += 1;
    this.shown = [];
    this.question = null;
    this.script = null;
    this.status = "";
    this.asked = 0;
    this.last = 0;
    this.alarms = new Set();
  }

  private hide(phase: Phase): void {
    this.forget();
    this.phase = phase;
    this.tell();
  }

  async erase(): Promise<void> {
    const answer = await call("DELETE", "/api/conversation", this.token);
    if (!answer.ok && answer.status !== 401) {
      return this.notice(answer.status ? this.complaint(answer) : t("wissen_mislukt"));
    }
    this.startOver();
    this.notice(t("gewist"));
    await this.begin();
  }

  private startOver(): void {
    this.forget();
    device.write({ token: null, draft: "", outbox: [], away: 0 });
    this.tabs.end();
  }

  /** Nothing of the talk stays on this device. It is not erased at the door. */
  close(reason: "idle" | "guessed" | "left", everywhere = true): void {
    this.reason = reason;
    device.clear(reason !== "left");
    this.crisis = null;
    this.hide("closed");
    if (everywhere) this.tabs.end();
  }

  /** Too long nobody was here: behind the PIN, behind a cover on the doctor's own device, and else closed. */
  async lock(): Promise<void> {
    if (this.phase !== "open" && this.phase !== "beginning") return;
    if (device.hasPin()) await device.lock();
    else if (!device.isOwn()) return this.close("idle", false);
    this.hide("locked");
  }

  /** Opens with the PIN. Gives how many tries are left, and null when it is open. */
  async unlock(pin: string): Promise<number | null> {
    const left = await device.unlock(pin);
    if (left === null) this.reopen();
    else if (left === 0) this.close("guessed");
    return left;
  }

  reopen(): void {
    this.phase = "beginning";
    this.tell();
    void this.begin();
  }

  // --- what goes out ---------------------------------------------------------------------

  /** Sends one message, shows it, and shows what is answered. Gives whether it was taken. */
  async send(content: Content, echo: string): Promise<boolean> {
    const message = { id: crypto.randomUUID(), ...content };
    device.write({ outbox: [...device.read().outbox, { message, echo }] });
    return this.deliver(message, echo);
  }

  /** Sends again what was not answered when the page was left. */
  private async sendWaiting(): Promise<void> {
    for (const { message, echo } of device.read().outbox) {
      const taken = await this.deliver(message, echo);
      if (!taken && message.text) device.write({ draft: [message.text, device.read().draft].filter(Boolean).join("\n") });
    }
  }

  private async deliver(message: Content & { id: string }, echo: string): Promise<boolean> {
    const life = this.life;
    const sent: Shown = { n: null, from: "doctor", kind: "say", text: echo, key: message.id, at: Infinity, pending: true };
    this.shown.push(sent);
    this.sending += 1;
    this.tell();
    const before = this.queue;
    const delivery = this.insistOn(message, sent, life, before);
    this.queue = delivery.catch(() => null);
    const answer = await delivery;
    this.sending -= 1;
    sent.pending = false;
    this.leftWith(message.id, Boolean(answer));
    if (answer?.ok) {
      const question = this.question;
      this.receive(answer.body, sent);
      if (this.question === question) this.question = null;
      this.tabs.change();
      this.tell();
      return true;
    }
    // Refused: nothing was stored, so the doctor gets the words back.
    this.shown = this.shown.filter((other) => other !== sent);
    if (life !== this.life) return true;
    if (answer?.status === 401) {
      this.forget();
      device.write({ token: null, away: 0 });
    }
    this.receive(answer && { messages: answer.body?.messages }, sent);
    if (answer) this.notice(this.complaint(answer));
    if (!this.token && !this.beginning) await this.begin();
    return false;
  }

  /** Goes out also without a token: the door reads for danger whatever arrives. Each message keeps its place, but the first
   * try waits only when there is no connection: at the door every message is read for danger at once. */
  private async insistOn(
    message: Content & { id: string },
    sent: Shown,
    life: number,
    before: Promise<unknown>,
  ): Promise<Answer | null> {
    let first = true;
    const ask = async () => {
      if (!first || this.cut) await before;
      first = false;
      const answer = await call("POST", "/api/message", this.token, message);
      this.cut = answer.status === 0;
      // An answer of refusal may carry the panel, and comes again; what was stored is taken in once, below.
      if (!answer.ok) this.receive({ messages: answer.body?.messages }, sent);
      return answer;
    };
    const used = this.token;
    const answer = await insist(ask, this.delayed, () => life === this.life);
    if (answer?.status === 401 && !used && life === this.life) {
      await this.begin();
      if (this.token) return insist(ask, this.delayed, () => life === this.life);
    }
    await before;
    return answer;
  }

  private leftWith(id: string, answered: boolean): void {
    if (answered) device.write({ outbox: device.read().outbox.filter((other) => other.message.id !== id) });
  }

  // --- what is asked of the door beside the talk -----------------------------------------

  async answers(): Promise<Body["answers"] | null> {
    const answer = await call("GET", "/api/answers", this.token);
    return answer.ok ? (answer.body?.answers ?? []) : null;
  }

  async download(format: string): Promise<string | null> {
    const answer = await call("POST", "/api/report", this.token, { format });
    const href = answer.ok && answer.body?.href ? new URL(answer.body.href, location.origin) : null;
    if (href?.origin === location.origin) return href.href;
    this.notice(this.complaint(answer));
    return null;
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
