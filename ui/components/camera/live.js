// The live picture: every face with its name, the bars of one or two networks, the picture frozen and explained, and the
// tricks that are tried on them. Python answers each picture; what it says is drawn over the picture it was said of.

function drawBars(people, answers) {
  return people.map((person, label) => {
    const row = element("li");
    const bar = element("span", "bar");
    bar.append(element("i"));
    bar.style.setProperty("--colour", person.colour);
    bar.firstChild.style.width = `${100 * answers[label]}%`;
    row.append(element("span", "name", person.name), bar, element("b", "", answers[label].toFixed(2)));
    return row;
  });
}

class Live {
  constructor(root, data) {
    this.root = root;
    this.trick = null;
    this.truth = null;
    const { texts } = data;
    this.trouble = element("p", "trouble");
    this.trouble.setAttribute("role", "alert");
    this.stage = element("div", "stage");
    this.frame = element("div", "frame");
    this.still = element("canvas", "still");
    this.heat = element("div", "heat");
    this.boxes = element("div", "boxes");
    this.frame.append(this.still, this.heat, this.boxes);
    this.stage.append(this.frame);
    this.freeze = element("button", "freeze");
    this.freeze.type = "button";
    this.freeze.append(element("i"), element("span", "", texts.freeze));
    this.why = element("button", "plain", texts.why);
    this.why.type = "button";
    this.why.hidden = true;
    this.rate = element("span", "rate");
    this.because = element("p", "because");
    const controls = element("div", "controls");
    controls.append(this.freeze, this.why, this.rate);
    const left = element("div", "left");
    left.append(this.stage, controls, this.because);
    this.networks = element("div", "networks");
    this.fool = this.drawFool(texts, data);
    const right = element("div", "right");
    right.append(this.networks, this.fool);
    const columns = element("div", "columns");
    columns.append(left, right);
    root.replaceChildren(this.trouble, columns);
    this.data = data;
    this.camera = new Camera(root, (picture) => this.ask(picture), (wrong) => this.tell(wrong));
    this.frame.prepend(this.camera.video);
    this.freeze.addEventListener("click", () => this.setFrozen(!this.camera.paused));
    this.why.addEventListener("click", () => this.ask({ n: (this.camera.n += 1), jpeg: this.frozen, why: true }));
  }

  drawFool(texts, data) {
    const box = element("section", "fool");
    this.who = element("div", "chips");
    this.who.append(...[...data.people.map((person) => person.name), texts.stranger].map((name, label, all) =>
      this.chip(name, () => { this.truth = label < all.length - 1 ? label : -1; })));
    this.chips = element("div", "chips");
    for (const [key, name] of Object.entries(texts.tricks)) {
      const chip = this.chip(name, () => { this.trick = this.trick === key ? null : key; });
      chip.dataset.trick = key;
      this.chips.append(chip);
    }
    this.say = element("p", "say", "");
    box.append(element("h3", "", texts.fool), element("small", "", texts.who), this.who, element("small", "", texts.how), this.chips, this.say);
    return box;
  }

  chip(name, press) {
    const chip = element("button", "chip", name);
    chip.type = "button";
    chip.addEventListener("click", () => { press(); this.showChips(); });
    return chip;
  }

  showChips() {
    const { texts, tricks } = this.data;
    [...this.who.children].forEach((chip, label, all) => {
      const chosen = this.truth === (label < all.length - 1 ? label : -1);
      chip.setAttribute("aria-pressed", String(chosen));
    });
    for (const chip of this.chips.children) {
      const { trick } = chip.dataset;
      chip.disabled = this.truth === null;
      chip.setAttribute("aria-pressed", String(this.trick === trick));
      const done = tricks[trick];
      chip.textContent = done ? `${texts.tricks[trick]}: ${done}` : texts.tricks[trick];
      chip.classList.toggle("tried", Boolean(done));
    }
    this.say.textContent = this.trick ? texts.trying : "";
  }

  ask(picture) {
    this.pending = picture.jpeg;
    const trying = this.camera.paused ? null : this.trick;
    this.send("picture", { ...picture, trick: trying, truth: this.truth });
  }

  tell(wrong) {
    this.trouble.textContent = wrong ? this.data.texts.troubles[wrong] : "";
    this.trouble.hidden = !wrong;
    this.root.dataset.camera = wrong || "on";
  }

  // The picture that is kept is the one the newest answer was given for.
  setFrozen(frozen) {
    if (frozen && !this.answered) return;
    this.camera.paused = frozen;
    this.root.classList.toggle("frozen", frozen);
    this.freeze.lastChild.textContent = frozen ? this.data.texts.go : this.data.texts.freeze;
    this.why.hidden = !frozen;
    this.heat.replaceChildren();
    this.because.textContent = "";
    if (!frozen) return;
    this.frozen = this.answered;
    const picture = new Image();
    picture.onload = () => {
      [this.still.width, this.still.height] = [picture.width, picture.height];
      this.still.getContext("2d").drawImage(picture, 0, 0);
    };
    picture.src = `data:image/jpeg;base64,${this.frozen}`;
  }

  update(data, send) {
    this.data = data;
    this.send = send;
    const { answer } = data;
    const isNew = answer && this.camera.answered(answer.n);
    if (answer?.why && answer.n !== this.explained && this.camera.paused) {
      this.explained = answer.n;
      this.explain(answer.why);
    } else if (isNew && !this.camera.paused) {
      this.answered = this.pending;
      this.show(answer);
    }
    this.showChips();
  }

  show(answer) {
    const { texts } = this.data;
    this.boxes.replaceChildren(...answer.faces.map((face) => {
      const box = element("div", "box");
      box.style.setProperty("--colour", face.colour);
      place(box, face.box);
      box.append(element("span", "", face.name));
      return box;
    }));
    this.networks.replaceChildren(...answer.networks.map((network) => {
      const card = element("section", "network");
      card.append(element("h3", "", network.title));
      if (network.note) card.append(element("small", "", network.note));
      if (network.answers) {
        const list = element("ul");
        list.append(...drawBars(network.people, network.answers));
        card.append(list);
      }
      return card;
    }));
    const rate = this.camera.aSecond;
    this.rate.textContent = rate ? texts.rate.replace("{n}", rate.toFixed(rate < 3 ? 1 : 0)) : "";
    this.root.dataset.rate = rate.toFixed(2);
    this.root.dataset.delay = Math.round(this.camera.delay);
  }

  explain({ loss, box, said }) {
    this.because.textContent = said;
    if (!loss.length) return;
    const most = Math.max(1e-6, ...loss.flat());
    place(this.heat, box);
    this.heat.style.gridTemplateColumns = `repeat(${loss.length}, 1fr)`;
    // Mirrored like the picture.
    this.heat.replaceChildren(...loss.flatMap((row) => [...row].reverse().map((lost) => {
      const patch = element("i");
      patch.style.opacity = Math.max(0, lost / most) * 0.75;
      return patch;
    })));
  }

  close() {
    this.camera.close();
  }
}

const views = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".live");
  let live = views.get(root);
  const drawn = JSON.stringify([data.people, data.texts]);
  if (!live || live.drawn !== drawn) {
    live?.close();
    live = new Live(root, data);
    live.drawn = drawn;
    views.set(root, live);
  }
  live.update(data, setTriggerValue);
  return () => {
    views.get(root)?.close();
    views.delete(root);
  };
}
