// The camera of a page: opened in one tab at a time, and one picture on its way to Python at a time, always the newest.
// Stands before capture.js and live.js, which draw around it. Pictures leave this page only over its own connection.

const SIZE = { width: 640, height: 480 };
const QUALITY = 0.85;
const LOOK_MS = 25;
// An answer that does not come was lost, as after the server was started again.
const LOST_MS = 6000;
// A camera that shows nothing new for so long was unplugged, or slept with its computer.
const STILL_MS = 4000;
const AGAIN_MS = 2000;
// So long after a click elsewhere on the page no picture is sent: of a click and a picture that Streamlit hears at the
// same moment, it forgets the click.
const QUIET_MS = 700;
const LOCK = "lab-camera";
const TROUBLES = {
  NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none",
  NotReadableError: "taken", AbortError: "taken",
};

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

class Camera {
  // `root` is what the component draws into. `send` is called with each picture ({ n, jpeg }), `tell` with what is wrong,
  // "" where nothing is.
  constructor(root, send, tell) {
    this.send = send;
    this.tell = tell;
    this.quietUntil = 0;
    this.onPress = (event) => {
      if (!event.composedPath().includes(root)) this.quietUntil = performance.now() + QUIET_MS;
    };
    document.addEventListener("pointerdown", this.onPress, true);
    this.video = element("video");
    this.video.muted = this.video.playsInline = this.video.autoplay = true;
    this.video.setAttribute("aria-hidden", "true");
    this.canvas = element("canvas");
    // Another number than the tab before, so that its last answer is not taken for one to this.
    this.n = Date.now() % 1e9;
    this.times = [];
    this.paused = false;
    this.clock = setInterval(() => this.look(), LOOK_MS);
    this.open();
  }

  async open() {
    clearTimeout(this.again);
    if (this.closed || this.opening) return;
    this.opening = true;
    const wrong = await this.take();
    this.opening = false;
    if (this.closed) return this.release();
    if (wrong) {
      this.release();
      if (wrong !== "insecure") this.again = setTimeout(() => this.open(), AGAIN_MS);
    }
    this.tell(wrong);
  }

  // Return what is wrong, "" where the camera runs.
  async take() {
    if (!navigator.mediaDevices?.getUserMedia) return window.isSecureContext ? "none" : "insecure";
    if (!(await this.lock())) return "tab";
    try {
      const wanted = { width: { ideal: SIZE.width }, height: { ideal: SIZE.height }, facingMode: "user" };
      this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    } catch (error) {
      return TROUBLES[error.name] ?? "none";
    }
    for (const track of this.stream.getTracks()) track.addEventListener("ended", () => this.lost());
    this.video.srcObject = this.stream;
    this.newAt = performance.now();
    const play = () => this.video.play().catch(() => {});
    this.video.addEventListener("pause", play);
    await play();
    this.watch();
    return "";
  }

  lock() {
    if (this.unlock || !navigator.locks) return Promise.resolve(true);
    return new Promise((resolve) => {
      navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
        resolve(Boolean(lock));
        return lock && new Promise((unlock) => { this.unlock = unlock; });
      });
    });
  }

  watch() {
    const stream = this.stream;
    const seen = () => {
      if (this.stream !== stream) return;
      this.isNew = true;
      this.newAt = performance.now();
      this.video.requestVideoFrameCallback(seen);
    };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(seen);
    else this.alwaysNew = true;
  }

  lost() {
    if (this.closed || !this.stream) return;
    this.release();
    this.tell("unplugged");
    this.again = setTimeout(() => this.open(), AGAIN_MS);
  }

  look() {
    const now = performance.now();
    // A page that nobody sees gets no pictures from some cameras.
    if (document.hidden) this.newAt = now;
    if (!this.stream || document.hidden) return;
    if (!this.alwaysNew && now - this.newAt > STILL_MS) return this.lost();
    if (this.waiting && now - this.waiting.at > LOST_MS) this.waiting = undefined;
    if (now < this.quietUntil || this.paused || this.waiting || !(this.isNew || this.alwaysNew) || !this.video.videoWidth) return;
    this.isNew = false;
    this.n += 1;
    this.waiting = { n: this.n, at: now };
    this.send({ n: this.n, jpeg: this.picture() });
  }

  picture() {
    const { videoWidth, videoHeight } = this.video;
    const shrink = Math.min(1, SIZE.width / videoWidth);
    this.canvas.width = Math.round(videoWidth * shrink);
    this.canvas.height = Math.round(videoHeight * shrink);
    this.canvas.getContext("2d").drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    return this.canvas.toDataURL("image/jpeg", QUALITY).split(",")[1];
  }

  // Note an answer; return whether it is the one that was waited for.
  answered(n) {
    if (this.waiting?.n !== n) return false;
    const now = performance.now();
    this.delay = now - this.waiting.at;
    this.waiting = undefined;
    this.times = [...this.times.filter((at) => now - at < 3000), now];
    return true;
  }

  get aSecond() {
    const [first] = this.times;
    const last = this.times.at(-1);
    return this.times.length > 1 ? (1000 * (this.times.length - 1)) / (last - first) : 0;
  }

  release() {
    const { stream } = this;
    this.stream = undefined;
    for (const track of stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
    this.unlock?.();
    this.unlock = undefined;
  }

  close() {
    this.closed = true;
    document.removeEventListener("pointerdown", this.onPress, true);
    clearInterval(this.clock);
    clearTimeout(this.again);
    this.release();
  }
}

// Lay a box over the picture, which is shown as in a mirror.
function place(box, [left, top, width, height]) {
  box.style.left = `${100 * (1 - left - width)}%`;
  box.style.top = `${100 * top}%`;
  box.style.width = `${100 * width}%`;
  box.style.height = `${100 * height}%`;
}
