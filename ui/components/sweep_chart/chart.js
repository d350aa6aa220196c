// The chart of a sweep. Python draws it as SVG; here what has changed is put into what is there, so that
// nothing flickers and the focus stays. Data comes in from __init__.py, which names the same fields.

const NARROW_PX = 720;
const FADE_MS = 450;
// As long as Python may take to say votes back before what it says counts again.
const UNHEARD_MS = 3000;
const MOST_BUTTON_PX = 42;

function read(text) {
  return document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
}

// By which name a child is found again in the next drawing: its key, or which of its kind it is.
function named(children) {
  const counts = {};
  return new Map([...children].map((child) => {
    const tag = child.tagName;
    if (child.dataset.key) return [`${tag} ${child.dataset.key}`, child];
    counts[tag] = (counts[tag] ?? 0) + 1;
    return [`${tag}#${counts[tag]}`, child];
  }));
}

function renew(old, next, appear) {
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (!next.children.length) {
    if (old.children.length || old.textContent !== next.textContent) old.replaceChildren(...next.childNodes);
    return;
  }
  const wanted = named(next.children);
  const there = named(old.children);
  // Away first: what stays is then in order, and whatever has the focus is not moved.
  for (const [name, child] of there) if (!wanted.has(name)) child.remove();
  let at = old.firstElementChild;
  for (const [name, child] of wanted) {
    const kept = there.get(name);
    if (kept) renew(kept, child, appear);
    if (kept && kept === at) {
      at = at.nextElementSibling;
    } else {
      old.insertBefore(kept ?? child, at);
      if (!kept && child.dataset.key) appear(child);
    }
  }
}

function fadeIn(node) {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  node.animate([{ opacity: 0 }, { opacity: 1 }], { duration: FADE_MS });
}

class Chart {
  constructor(root) {
    this.root = root;
    root.addEventListener("click", (event) => this.onChoice(event));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.onChoice(event);
    });
    new ResizeObserver(() => this.data && this.draw()).observe(root.parentElement);
  }

  onChoice(event) {
    const point = event.target.closest('[role="button"][data-place]');
    if (!point) return;
    event.preventDefault(); // a space would scroll the page
    this.choose("place", Number(point.dataset.place));
  }

  update(data, choose, keep) {
    this.data = data;
    this.choose = choose;
    this.keep = keep;
    this.hear(data.votes);
    this.draw();
  }

  draw() {
    const width = this.root.parentElement.clientWidth;
    if (!width) return;
    const kind = width < NARROW_PX ? "narrow" : "wide";
    if (this.kind !== kind || !this.svg) {
      this.kind = kind;
      this.svg = read(this.data[kind]);
      this.root.replaceChildren(this.svg);
      this.buttons = undefined;
    } else if (this.drawn !== this.data[kind]) {
      renew(this.svg, read(this.data[kind]), fadeIn);
    }
    this.drawn = this.data[kind];
    this.drawButtons(width);
    this.showVotes();
  }

  // Until Python has heard of the last click, an older answer does not take it back.
  hear(votes) {
    const said = JSON.stringify(votes?.counts);
    if (this.unheard !== undefined && said !== this.unheard && Date.now() < this.until) return;
    this.unheard = undefined;
    this.counts = votes ? [...votes.counts] : undefined;
  }

  drawButtons(width) {
    const { votes } = this.data;
    if (!votes) {
      this.buttons?.remove();
      this.buttons = undefined;
      return;
    }
    const xs = [...this.svg.querySelectorAll("[data-x]")].map((point) => Number(point.dataset.x));
    if (!this.buttons || this.buttons.children.length !== xs.length) {
      this.buttons?.remove();
      this.buttons = document.createElement("div");
      this.buttons.className = "sweep-votes";
      this.buttons.append(...xs.map((_, place) => this.stepper(place)));
      this.root.append(this.buttons);
    }
    const room = width * Math.min(...xs.slice(1).map((x, place) => x - xs[place]), 1);
    const side = Math.max(22, Math.min(MOST_BUTTON_PX, room - 4));
    this.buttons.classList.toggle("sweep-upright", room < 2 * MOST_BUTTON_PX + 12);
    this.buttons.style.setProperty("--side", `${side}px`);
    [...this.buttons.children].forEach((stepper, place) => {
      stepper.style.left = `${100 * xs[place]}%`;
      stepper.firstChild.setAttribute("aria-label", votes.fewer[place]);
      stepper.lastChild.setAttribute("aria-label", votes.more[place]);
    });
  }

  stepper(place) {
    const stepper = document.createElement("span");
    for (const [sign, by] of [["−", -1], ["+", 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.addEventListener("click", () => this.vote(place, by));
      stepper.append(button);
    }
    return stepper;
  }

  vote(place, by) {
    const count = Math.min(Math.max(this.counts[place] + by, 0), this.data.votes.most);
    if (count === this.counts[place]) return;
    this.counts[place] = count;
    this.showVotes();
    this.unheard = JSON.stringify(this.counts);
    this.until = Date.now() + UNHEARD_MS;
    // Kept, not sent once: whatever is clicked next, the button that starts too, says the votes again.
    this.keep("votes", [...this.counts]);
  }

  // The count at once; the bar grows when Python has drawn it.
  showVotes() {
    if (!this.buttons) return;
    this.counts.forEach((count, place) => {
      const said = this.svg.querySelector(`[data-key="guess-${place}"]`);
      if (said && said.textContent !== String(count)) said.textContent = count;
      this.buttons.children[place].firstChild.setAttribute("aria-disabled", String(count === 0));
    });
  }
}

const charts = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const root = parentElement.querySelector(".sweep");
  if (!charts.has(root)) charts.set(root, new Chart(root));
  charts.get(root).update(data, setTriggerValue, setStateValue);
}
