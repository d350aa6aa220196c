// The strip of layers: from a face through the blocks to the names, with a handle that freezes them from the left.
// Data comes in from __init__.py; the chosen number of frozen layers goes back when the handle is let go.

const SVG = "http://www.w3.org/2000/svg";
const SIGNS = {
  frozen: "M7 10V7.5a5 5 0 0 1 10 0V10h.5A1.5 1.5 0 0 1 19 11.5v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 18.5v-7A1.5 1.5 0 0 1 6.5 10zm2.2 0h5.6V7.5a2.8 2.8 0 0 0-5.6 0z",
  retrained: "M12.6 2.5c.6 3-1 4.6-2.6 6.4C8.3 10.8 6.5 12.7 6.5 15.5a5.5 5.5 0 0 0 11 0c0-2.3-1-3.9-1.9-5.1-.2 1.3-.7 2.2-1.7 2.7.7-3.5-.1-8-1.3-10.6z",
  kept: "M4 11h16v2.600H4z",
  fresh: "M12 2l2.3 7.700L22 12l-7.7 2.300L12 22l-2.3-7.700L2 12l7.7-2.300z",
};

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function sign(kind) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "sign");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SIGNS[kind]);
  svg.append(path);
  return svg;
}

function drawBlock(block) {
  const column = element("div", "block");
  column.style.flexGrow = block.width;
  const box = element("div", "box");
  box.style.height = `${block.height}%`;
  const bars = element("div", "bars");
  for (let layer = 0; layer < block.units; layer += 1) bars.append(element("i"));
  box.append(bars);
  const shape = element("div", "shape");
  shape.append(element("div", "signs"), box);
  column.append(shape, element("b", "", block.title), element("small", "state"));
  if (block.map !== undefined) column.append(element("div", "map"));
  if (block.moved) column.append(element("small", "moved", block.moved));
  return column;
}

function drawHead(head) {
  const column = element("div", "block fresh head");
  const shape = element("div", "shape");
  const signs = element("div", "signs");
  signs.append(sign("fresh"));
  const box = element("div", "box");
  box.style.height = `${head.height}%`;
  shape.append(signs, box);
  column.append(shape, element("b", "", head.title), element("small", "state", head.state));
  return column;
}

function drawPeople(people, more) {
  const list = element("ul", "people");
  for (const person of people) {
    const item = element("li");
    const dot = element("i");
    dot.style.background = person.colour;
    item.append(dot, element("span", "", person.name));
    item.title = person.name;
    list.append(item);
  }
  if (more) list.append(element("li", "", more));
  return list;
}

class Strip {
  constructor(root, data) {
    this.root = root;
    this.row = element("div", "row");
    const face = element("figure", "face");
    this.face = element("img");
    this.faceSize = element("small");
    const caption = element("figcaption", "", data.faceTitle);
    caption.append(this.faceSize);
    face.append(this.face, caption);
    this.blocks = data.blocks.map(drawBlock);
    const network = element("div", "network");
    this.shapes = element("div", "blocks");
    this.shapes.append(...this.blocks);
    this.track = element("div", "track");
    network.append(this.shapes, this.track);
    this.row.append(face, network, drawHead(data.head), drawPeople(data.people, data.morePeople));
    this.sentence = element("p", "said");
    this.sentence.setAttribute("aria-hidden", "true"); // the handle says it
    root.replaceChildren(this.row, this.sentence);
    this.drawTrack(data);
    this.watch = new ResizeObserver(() => this.place());
    this.watch.observe(network);
  }

  drawTrack(data) {
    this.done = element("div", "done");
    this.handle = element("div", "handle");
    this.handle.append(sign("frozen"));
    this.dots = data.stops.map(() => element("i", "dot"));
    this.track.append(element("div", "line"), this.done, ...this.dots, this.handle);
    this.handle.tabIndex = data.fixed ? -1 : 0;
    this.handle.setAttribute("role", "slider");
    this.handle.setAttribute("aria-label", data.label);
    this.handle.setAttribute("aria-valuemin", "0");
    this.handle.setAttribute("aria-valuemax", String(data.stops.length - 1));
    this.handle.setAttribute("aria-disabled", String(Boolean(data.fixed)));
    if (data.fixed) return;
    this.handle.addEventListener("keydown", (event) => this.onKey(event));
    this.track.addEventListener("pointerdown", (event) => this.onDown(event));
    this.track.addEventListener("pointermove", (event) => this.dragging && this.moveTo(this.nearest(event.clientX)));
    // Whoever goes on to the next control has decided.
    this.handle.addEventListener("blur", () => this.waiting && this.tell());
    for (const end of ["pointerup", "pointercancel"]) this.track.addEventListener(end, () => this.onUp());
  }

  onKey(event) {
    const last = this.data.stops.length - 1;
    const to = {
      ArrowRight: this.stop + 1, ArrowUp: this.stop + 1, PageUp: this.stop + 1,
      ArrowLeft: this.stop - 1, ArrowDown: this.stop - 1, PageDown: this.stop - 1,
      Home: 0, End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.moveTo(Math.min(Math.max(to, 0), last));
    // A finger that stays on the key walks on; Python hears where it ends.
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.tell(), 250);
  }

  onDown(event) {
    this.dragging = true;
    this.track.setPointerCapture(event.pointerId);
    this.moveTo(this.nearest(event.clientX));
    this.handle.focus({ preventScroll: true });
    event.preventDefault();
  }

  onUp() {
    if (!this.dragging) return;
    this.dragging = false;
    this.tell();
  }

  tell() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    const frozen = this.data.stops[this.stop];
    if (frozen === this.told) return;
    this.told = this.unheard = frozen;
    this.send("frozen", frozen);
  }

  // Where a stop lies on the track in pixels: at the end of its block, or of its layer within the block.
  at(stop) {
    const frozen = this.data.stops[stop];
    let before = 0;
    const left = this.track.getBoundingClientRect().left;
    for (const [number, block] of this.data.blocks.entries()) {
      const box = this.blocks[number].getBoundingClientRect();
      const start = box.left - left - 8;
      if (frozen <= before) return start;
      if (frozen < before + block.units) return start + ((frozen - before) / block.units) * (box.width + 16);
      before += block.units;
    }
    return this.blocks.at(-1).getBoundingClientRect().right - left + 8;
  }

  nearest(clientX) {
    const x = clientX - this.track.getBoundingClientRect().left;
    let best = 0;
    for (let stop = 1; stop < this.data.stops.length; stop += 1) {
      if (Math.abs(this.at(stop) - x) < Math.abs(this.at(best) - x)) best = stop;
    }
    return best;
  }

  place() {
    if (!this.data) return;
    this.dots.forEach((dot, stop) => { dot.style.left = `${this.at(stop)}px`; });
    this.handle.style.left = this.done.style.width = `${this.at(this.stop)}px`;
  }

  moveTo(stop) {
    this.stop = stop;
    const frozen = this.data.stops[stop];
    let before = 0;
    for (const [number, block] of this.data.blocks.entries()) {
      const within = Math.min(Math.max(frozen - before, 0), block.units);
      this.showBlock(this.blocks[number], block, within);
      before += block.units;
    }
    const said = this.data.said[stop];
    this.sentence.replaceChildren(
      element("strong", "is-frozen", said.frozen), " ", element("strong", "is-retrained", said.learns), said.rest,
    );
    this.handle.setAttribute("aria-valuenow", String(stop));
    this.handle.setAttribute("aria-valuetext", `${said.frozen} ${said.learns}${said.rest}`);
    this.place();
  }

  showBlock(column, block, frozen) {
    const part = frozen > 0 && frozen < block.units;
    const kind = frozen === block.units ? "frozen" : this.data.learns;
    column.classList.toggle("frozen", kind === "frozen");
    column.classList.toggle("retrained", kind === "retrained");
    column.classList.toggle("kept", kind === "kept");
    // What never learned anything stays hatched, frozen or not.
    column.classList.toggle("fresh", this.data.learns === "fresh");
    column.querySelectorAll(".bars i").forEach((bar, layer) => bar.classList.toggle("kept", layer < frozen));
    column.querySelector(".signs").replaceChildren(sign(kind));
    column.querySelector(".state").textContent = part ? block.partly[frozen] : this.data.states[kind];
  }

  // Pictures are put in where they belong; nothing is drawn anew for them.
  showPictures() {
    this.face.hidden = !this.data.face;
    if (this.data.face && this.face.src !== this.data.face) this.face.src = this.data.face;
    this.face.alt = this.data.faceSaid;
    this.faceSize.textContent = this.data.faceSize;
    for (const [number, block] of this.data.blocks.entries()) {
      const frame = this.blocks[number].querySelector(".map");
      if (!frame || (frame.firstChild?.src ?? "") === block.map) continue;
      const img = element("img");
      img.src = block.map;
      img.alt = block.mapSaid;
      frame.replaceChildren(...(block.map ? [img] : []));
    }
  }

  update(data, send) {
    this.data = data;
    this.send = send;
    this.showPictures();
    this.root.classList.toggle("untaught", data.learns === "fresh");
    this.root.classList.toggle("as-it-was", data.learns === "kept");
    if (data.frozen === this.unheard) this.unheard = undefined;
    // While a hand is on it, and until Python has heard of the last move, what it said before does not pull it back.
    if (this.dragging || this.waiting || this.unheard !== undefined) return;
    this.told = data.frozen;
    this.moveTo(Math.max(data.stops.indexOf(data.frozen), 0));
  }
}

const strips = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".strip");
  // What decides the drawing; where it stays, only the handle moves, and nothing flickers.
  const blocks = data.blocks.map((block) => ({ ...block, map: block.map !== undefined }));
  const drawn = JSON.stringify([blocks, data.head, data.people, data.morePeople, data.stops, data.fixed]);
  let strip = strips.get(root);
  if (!strip || strip.drawn !== drawn) {
    strip?.watch.disconnect();
    strip = new Strip(root, data);
    strip.drawn = drawn;
    strips.set(root, strip);
  }
  strip.update(data, setTriggerValue);
}
