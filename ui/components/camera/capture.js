// Cards of the people who are recorded: name, consent, the picture as in a mirror, a button to hold, a bar that fills.
// Python says after each picture where the face is, what could be better, and how many are kept.

const THUMBS = 10;
const THUMB_PX = 56;

class Card {
  constructor(capture, number, texts) {
    this.capture = capture;
    this.number = number;
    this.root = element("section", "card");
    this.name = element("input", "name");
    this.name.placeholder = texts.name;
    this.name.maxLength = 60;
    this.name.setAttribute("aria-label", texts.name);
    const consent = element("label", "consent");
    this.agrees = element("input");
    this.agrees.type = "checkbox";
    consent.append(this.agrees, element("span", "", texts.agrees));
    this.stage = element("div", "stage");
    this.box = element("div", "box");
    this.box.hidden = true;
    this.hint = element("div", "hint");
    this.hint.setAttribute("role", "status");
    this.message = element("div", "message");
    this.frame = element("div", "frame");
    this.frame.append(this.box);
    this.stage.append(this.frame, this.message, this.hint);
    this.hold = element("button", "hold");
    this.hold.type = "button";
    this.hold.append(element("i"), element("span", "", texts.hold));
    this.bar = element("div", "bar");
    this.bar.append(element("i"));
    this.count = element("b", "count");
    this.thumbs = element("div", "thumbs");
    this.note = element("small", "note");
    this.again = element("button", "again", texts.again);
    this.again.type = "button";
    const side = element("div", "side");
    side.append(this.name, consent, this.hold, this.bar, this.count, this.note, this.again);
    this.root.append(this.stage, side, this.thumbs);
    this.listen();
  }

  listen() {
    for (const [what, does] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false], ["lostpointercapture", false]]) {
      this.hold.addEventListener(what, (event) => {
        if (does) this.hold.setPointerCapture(event.pointerId);
        this.capture.record(does ? this : undefined);
      });
    }
    this.hold.addEventListener("contextmenu", (event) => event.preventDefault());
    this.agrees.addEventListener("change", () => this.capture.showAll());
    this.name.addEventListener("input", () => this.capture.showAll());
    for (const said of [this.name, this.agrees]) said.addEventListener("change", () => this.capture.tellWho());
    this.root.addEventListener("focusin", () => this.capture.activate(this));
    this.root.addEventListener("click", () => this.capture.activate(this));
    this.again.addEventListener("click", () => this.capture.drop(this));
  }

  get ready() {
    return Boolean(this.name.value.trim()) && this.agrees.checked;
  }

  get done() {
    return this.counts.every((count) => count >= this.target);
  }

  get take() {
    return this.counts[0] < this.target ? 1 : 2;
  }

  update(card, data) {
    const { texts } = data;
    if (!this.known) {
      [this.name.value, this.agrees.checked, this.known] = [card.name, card.agrees, true];
    }
    const current = this.done ? this.target : Math.min(this.counts[this.take - 1], this.target);
    this.bar.firstChild.style.width = `${(100 * current) / this.target}%`;
    this.bar.className = `bar take-${this.take}`;
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-valuenow", current);
    this.bar.setAttribute("aria-valuemax", this.target);
    this.bar.setAttribute("aria-label", texts.counter);
    this.count.textContent = this.done ? texts.done : texts.count.replace("{n}", current).replace("{target}", this.target);
    this.note.textContent = card.note;
    this.again.hidden = !(this.counts[0] + this.counts[1]);
    this.show(texts);
  }

  show(texts) {
    const active = this.capture.active === this;
    const recording = this.capture.recording === this;
    this.root.classList.toggle("active", active);
    this.hold.classList.toggle("on", recording);
    this.hold.disabled = !this.ready || this.done || !this.capture.camera.stream;
    const moved = this.counts[0] >= this.target && this.counts[1] === 0 && !recording;
    const lines = [...(this.done ? this.all : moved ? texts.moved : this.ready ? [] : texts.first)];
    if (!lines.length && !active) lines.push(texts.wait);
    this.message.replaceChildren(...lines.map((line, i) => element(i ? "span" : "b", "", line)));
    this.message.hidden = !lines.length;
    this.message.classList.toggle("over", active);
  }

  thumb(canvas, [left, top, width, height]) {
    const small = element("canvas");
    small.width = small.height = THUMB_PX;
    const side = Math.max(width * canvas.width, height * canvas.height) * 1.4;
    const x = (left + width / 2) * canvas.width - side / 2;
    const y = (top + height / 2) * canvas.height - side / 2;
    small.getContext("2d").drawImage(canvas, x, y, side, side, 0, 0, THUMB_PX, THUMB_PX);
    small.setAttribute("aria-hidden", "true");
    this.thumbs.append(small);
    while (this.thumbs.children.length > THUMBS) this.thumbs.firstChild.remove();
  }
}

class Capture {
  constructor(root, data) {
    this.root = root;
    this.cards = new Map();
    this.trouble = element("p", "trouble");
    this.trouble.setAttribute("role", "alert");
    this.grid = element("div", "grid");
    root.replaceChildren(this.trouble, this.grid);
    this.data = data;
    this.camera = new Camera(root, (picture) => this.ask(picture), (wrong) => this.tell(wrong));
    this.onKey = (event) => this.key(event);
    for (const kind of ["keydown", "keyup"]) window.addEventListener(kind, this.onKey);
    this.onBlur = () => this.record(undefined);
    window.addEventListener("blur", this.onBlur);
  }

  ask(picture) {
    const { recording } = this;
    const card = recording && !recording.done ? recording : undefined;
    this.asked = { n: picture.n, card };
    const record = card ? { number: card.number, take: card.take } : null;
    this.send("picture", { ...picture, record, who: this.who });
  }

  get who() {
    return [...this.cards.values()].map((card) => ({
      number: card.number, name: card.name.value, agrees: card.agrees.checked,
    }));
  }

  // With each picture too: of two things told at the same moment, Python may hear one.
  tellWho() {
    if (!this.camera.stream) this.send("who", this.who);
  }

  tell(wrong) {
    this.wrong = wrong;
    this.trouble.textContent = wrong ? this.data.texts.troubles[wrong] : "";
    this.trouble.hidden = !wrong;
    this.root.dataset.camera = wrong || "on";
    if (wrong) this.record(undefined);
    this.showAll();
    if (wrong !== this.told) this.send("trouble", wrong);
    this.told = wrong;
  }

  showAll() {
    for (const card of this.cards.values()) card.show(this.data.texts);
  }

  // Space records like the button, wherever the hand is not writing or pressing something else.
  key(event) {
    const target = event.composedPath()[0];
    const busy = target?.closest?.("input:not([type=checkbox]), textarea, select, button:not(.hold), [contenteditable=true], [role=slider]");
    if (event.code !== "Space" || busy || !this.active) return;
    event.preventDefault();
    if (event.type === "keydown" && !event.repeat && !this.active.hold.disabled) this.record(this.active);
    if (event.type === "keyup") this.record(undefined);
  }

  activate(card) {
    if (this.active === card) return;
    this.active = card;
    card.frame.prepend(this.camera.video);
    this.showAll();
  }

  record(card) {
    if (card?.hold.disabled || this.recording === card) return;
    if (card) this.activate(card);
    this.recording = card;
    this.take = card?.take;
    this.showAll();
  }

  drop(card) {
    card.thumbs.replaceChildren();
    this.send("again", card.number);
  }

  update(data, send) {
    this.data = data;
    this.send = send;
    const numbers = new Set(data.cards.map((card) => card.number));
    for (const [number, card] of this.cards) {
      if (numbers.has(number)) continue;
      card.root.remove();
      this.cards.delete(number);
    }
    const { answer } = data;
    const before = this.asked;
    if (answer && this.camera.answered(answer.n) && before?.n === answer.n) this.show(answer, before.card);
    for (const facts of data.cards) {
      if (!this.cards.has(facts.number)) {
        const card = new Card(this, facts.number, data.texts);
        this.cards.set(facts.number, card);
        this.grid.append(card.root);
      }
      Object.assign(this.cards.get(facts.number), { counts: facts.counts, target: data.target, all: facts.all });
    }
    if (!this.active || !this.cards.has(this.active.number)) this.activate([...this.cards.values()][0]);
    const { recording } = this;
    // A place is full: the next hold is another place.
    if (recording && (recording.done || recording.take !== this.take)) this.recording = undefined;
    for (const facts of data.cards) this.cards.get(facts.number).update(facts, data);
  }

  show(answer, recorded) {
    const { active } = this;
    if (!active) return;
    for (const card of this.cards.values()) card.box.hidden = card !== active || !answer.box;
    if (answer.box) place(active.box, answer.box);
    active.box.classList.toggle("kept", Boolean(answer.kept));
    active.hint.textContent = active.done ? "" : answer.hint;
    if (answer.kept && recorded) recorded.thumb(this.camera.canvas, answer.box);
    this.root.dataset.rate = this.camera.aSecond.toFixed(1);
  }

  close() {
    for (const kind of ["keydown", "keyup"]) window.removeEventListener(kind, this.onKey);
    window.removeEventListener("blur", this.onBlur);
    this.camera.close();
  }
}

const captures = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".capture");
  let capture = captures.get(root);
  if (!capture) {
    capture = new Capture(root, data);
    captures.set(root, capture);
  }
  capture.update(data, setTriggerValue);
  return () => {
    capture.close();
    captures.delete(root);
  };
}
