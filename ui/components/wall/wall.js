// The wall: mock-exam faces, each with what the network says of it right now. The faces come once, as one picture in the
// page's styles (--lab-wall); every tick brings the guesses only. Names come as data and are written as text.

const FADE_MS = 220;
// A wall of many rows is made of smaller faces, so that it stands beside the curves on a projector.
const SIZES = { few: ["78px", "15px"], many: ["62px", "14px"] };
const FEW_ROWS = 4;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function drawFace(place, columns, rows) {
  const figure = element("figure");
  const face = element("div", "face");
  const at = (index, count) => (count > 1 ? (100 * index) / (count - 1) : 0);
  face.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  face.style.backgroundPosition = `${at(place % columns, columns)}% ${at(Math.floor(place / columns), rows)}%`;
  face.setAttribute("role", "img");
  figure.append(face, element("figcaption"));
  return figure;
}

function say(figure, guess, still) {
  const says = JSON.stringify(guess);
  if (figure.dataset.says === says) return;
  const changed = figure.dataset.name !== undefined && figure.dataset.name !== guess.name;
  figure.dataset.says = says;
  figure.dataset.name = guess.name;
  figure.title = guess.said;
  figure.firstChild.setAttribute("aria-label", guess.said);
  if (!guess.name) {
    figure.className = "";
    figure.lastChild.replaceChildren();
    figure.style.removeProperty("--says");
    return;
  }
  figure.className = guess.right ? "right" : "wrong";
  figure.style.setProperty("--says", guess.colour);
  figure.lastChild.replaceChildren(element("b", "", guess.right ? "\u2713" : "\u2717"), ` ${guess.name}`);
  if (changed && !still) figure.lastChild.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: FADE_MS });
}

export default function (component) {
  const { data, parentElement } = component;
  const wall = parentElement.querySelector(".wall");
  const drawn = `${data.guesses.length} ${data.columns} ${data.rows}`;
  if (wall.dataset.drawn !== drawn) {
    wall.replaceChildren(...data.guesses.map((_, place) => drawFace(place, data.columns, data.rows)));
    wall.dataset.drawn = drawn;
  }
  const [face, text] = data.guesses.length / data.across > FEW_ROWS ? SIZES.many : SIZES.few;
  wall.style.setProperty("--across", data.across);
  wall.style.setProperty("--face", face);
  wall.style.setProperty("--text", text);
  wall.style.setProperty("--right", data.signs.right);
  wall.style.setProperty("--wrong", data.signs.wrong);
  wall.setAttribute("aria-label", data.said);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const [place, guess] of data.guesses.entries()) say(wall.children[place], guess, still);
}
