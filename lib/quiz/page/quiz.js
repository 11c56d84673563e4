// The quiz in the page: what is shown, which keys do what. Where images come from and where answers go is the business of
// a source, which served.js and offline.js make.
"use strict";

/** Keys of the classes, while there are as many; with more classes, typing searches instead. */
const CLASS_KEYS = "123456789abcdefghijklmnopqrstuvwxyz";

const byId = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/**
 * Runs the quiz.
 *
 * A source has `image(position)` and `reference(label, i)`, which give URLs; `start(rater)`, `answer(position, label,
 * milliseconds)`, `undo(position)` and `end()`, which return promises that fail where something could not be kept; and,
 * where answers can be saved to a file, `save()`.
 *
 * @param data What the server or the file says of the quiz.
 * @param begun What `start` returned where the person has begun already; else null.
 */
// deno-lint-ignore no-unused-vars -- served.js and offline.js run it
function runQuiz(data, source, begun) {
  const { classes, questions } = data;
  const searching = classes.length > CLASS_KEYS.length;
  /** Index of the chosen class, or null for "can't tell", by position. */
  const answers = new Map();
  /** Positions in the order in which they were answered. */
  let order = [];
  /** Those whose truth has been shown. */
  const final = new Set();
  let position = 0;
  /** Whether the image is to be seen and an answer is waited for. */
  let ready = false;
  let buttons = [];

  // Time runs while the image is to be seen.
  let seenFor = 0, seenSince = null;
  const startClock = () => {
    seenFor = 0;
    seenSince = document.hidden ? null : performance.now();
  };
  const readClock = () => seenFor + (seenSince === null ? 0 : performance.now() - seenSince);
  document.addEventListener("visibilitychange", () => {
    seenFor = readClock();
    seenSince = document.hidden ? null : performance.now();
  });

  const say = (text) => byId("live").textContent = text;
  function complain(error) {
    const notice = byId("notice");
    notice.textContent = error?.message ?? "";
    notice.hidden = !error;
  }
  /** Does what may fail; where it does, says so and leaves everything as it was. */
  async function attempt(action) {
    try {
      const value = await action();
      complain(null);
      return { value };
    } catch (error) {
      complain(error);
      return null;
    }
  }
  function show(section) {
    for (const id of ["start", "ask", "end"]) byId(id).hidden = id !== section;
  }

  // The beginning.
  function enter(state) {
    for (const { position, class: label, final: isFinal } of state.answered) {
      answers.set(position, label);
      if (isFinal) final.add(position);
    }
    order = state.answered.map((answer) => answer.position);
    makeButtons();
    show("ask");
    next();
  }
  async function begin(event) {
    event.preventDefault();
    const rater = byId("rater").value;
    const started = await attempt(() => source.start(rater));
    if (started) enter(started.value);
  }

  // A question.
  function makeButtons() {
    buttons = classes.map((name, label) => {
      const pictures = Array.from(
        { length: data.references[label] },
        (_, i) => element("img", { src: source.reference(label, i), alt: "", width: 56, height: 56, loading: "lazy" }),
      );
      const key = searching ? [] : [element("kbd", { textContent: CLASS_KEYS[label], ariaHidden: "true" })];
      const button = element(
        "button",
        { type: "button", className: "class" },
        element("span", { className: "pictures" }, ...pictures),
        element("span", { className: "name" }, ...key, element("span", { textContent: name })),
      );
      if (!searching) button.setAttribute("aria-keyshortcuts", CLASS_KEYS[label]);
      button.addEventListener("click", () => choose(label));
      return button;
    });
    byId("classes").replaceChildren(...buttons);
    byId("classes").classList.toggle("many", classes.length > 20);
    byId("filter-line").hidden = !searching;
  }

  /** Goes to the first image that is not answered, or to the end. */
  function next() {
    position = 0;
    while (answers.has(position)) position++;
    const done = order.length;
    byId("progress").value = done;
    byId("undo").disabled = !order.some((at) => !final.has(at));
    if (position >= questions) return finish();
    ask();
  }
  async function ask() {
    const shown = position;
    const title = `Image ${order.length + 1} of ${questions}`;
    ready = false;
    byId("where").textContent = title;
    byId("filter").value = "";
    filter();
    byId("picture").replaceChildren();
    const image = await loaded(shown);
    if (shown !== position || answers.has(shown)) return;
    if (image === null) return complain(new Error("This image can't be loaded. Is the command still running?"));
    image.alt = `${title}: which class is this?`;
    byId("picture").replaceChildren(image);
    document.documentElement.dataset.asking = String(shown);
    say(title);
    ready = true;
    startClock();
    // The one after it is fetched meanwhile.
    let after = shown + 1;
    while (answers.has(after)) after++;
    if (after < questions) loaded(after);
  }
  let ahead = { position: -1, image: null };
  function loaded(wanted) {
    if (ahead.position !== wanted) {
      const image = element("img", { src: source.image(wanted), width: 384, height: 384 });
      ahead = { position: wanted, image: image.decode().then(() => image, () => null) };
    }
    const { image } = ahead;
    return image.then((made) => {
      if (made === null) ahead = { position: -1, image: null };
      return made;
    });
  }
  async function choose(label) {
    if (!ready) return;
    ready = false;
    const at = position, milliseconds = Math.round(readClock());
    if (await attempt(() => source.answer(at, label, milliseconds)) === null) {
      ready = true;
      return;
    }
    answers.set(at, label);
    order.push(at);
    next();
  }
  async function undo() {
    const last = order.findLast((at) => !final.has(at));
    if (last === undefined || byId("undo").disabled) return;
    if (await attempt(() => source.undo(last)) === null) return;
    const was = answers.get(last);
    answers.delete(last);
    order = order.filter((at) => at !== last);
    show("ask");
    position = last;
    byId("progress").value = order.length;
    byId("undo").disabled = !order.some((at) => !final.has(at));
    await ask();
    say(`Back to image ${order.length + 1}. You had said: ${was === null ? "can't tell" : classes[was]}`);
  }

  // Finding a class, by name or by arrow keys.
  const simplified = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  function filter() {
    const wanted = simplified(byId("filter").value.trim());
    buttons.forEach((button, label) => button.hidden = !simplified(classes[label]).includes(wanted));
    const found = visible();
    byId("none").hidden = found.length > 0;
    for (const button of buttons) button.classList.toggle("first", wanted !== "" && button === found[0]);
  }
  const visible = () => buttons.filter((button) => !button.hidden);
  /** Moves the focus among the class buttons as they lie on the page. */
  function move(key) {
    const list = visible();
    const at = list.indexOf(document.activeElement);
    if (at < 0) return list[0]?.focus();
    const here = list[at].getBoundingClientRect();
    const middle = (box) => box.left + box.width / 2;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      return list[at + (key === "ArrowRight" ? 1 : -1)]?.focus();
    }
    const down = key === "ArrowDown" ? 1 : -1;
    const rows = list.map((button) => ({ button, box: button.getBoundingClientRect() }))
      .filter(({ box }) => down * (box.top - here.top) > 1)
      .sort((a, b) =>
        down * (a.box.top - b.box.top) ||
        Math.abs(middle(a.box) - middle(here)) - Math.abs(middle(b.box) - middle(here))
      );
    if (rows.length > 0) rows[0].button.focus();
    else if (down < 0 && searching) byId("filter").focus();
  }
  function onKey(event) {
    const { key, target } = event;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z" && !byId("undo").closest("[hidden]")) {
      event.preventDefault();
      return undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (byId("ask").hidden) return;
    const inFilter = target === byId("filter");
    const emptyFilter = byId("filter").value === "";
    if (key.startsWith("Arrow") && !(inFilter && (key === "ArrowLeft" || key === "ArrowRight"))) {
      event.preventDefault();
      move(key);
    } else if (event.repeat && key !== "Backspace") {
      // A key that is held down answers one image only.
      if (!inFilter) event.preventDefault();
    } else if (key === "Backspace" && (!inFilter || emptyFilter)) {
      event.preventDefault();
      if (!event.repeat) undo();
    } else if (key === "?" || (key === "0" && !searching)) {
      event.preventDefault();
      choose(null);
    } else if (key === "Enter" && inFilter) {
      event.preventDefault();
      const first = visible()[0];
      if (!emptyFilter && first) first.click();
    } else if (key === "Escape" && searching) {
      byId("filter").value = "";
      filter();
    } else if (key.length === 1 && key !== " ") {
      if (searching) return byId("filter").focus(); // and the letter goes there
      const label = CLASS_KEYS.indexOf(key.toLowerCase());
      if (label >= 0 && label < classes.length) {
        event.preventDefault();
        choose(label);
      }
    }
  }

  // The end.
  function finish() {
    document.documentElement.dataset.asking = "none";
    const section = byId("end");
    const heading = element("h1", { textContent: "All answered", tabIndex: -1 });
    const back = element("button", { type: "button", textContent: "Undo the last answer" });
    back.addEventListener("click", undo);
    const tools = element("div", { className: "line" });
    if (source.save) {
      const saving = element("button", { type: "button", className: "primary", textContent: "Save answers" });
      saving.addEventListener("click", () => source.save());
      tools.append(saving, back);
      section.replaceChildren(
        heading,
        element("p", { textContent: "Save your answers and send the file to the person who asked you." }),
        tools,
      );
    } else {
      const result = element("button", { type: "button", className: "primary", textContent: "Show the result" });
      result.addEventListener("click", showResult);
      tools.append(result);
      if (order.some((at) => !final.has(at))) tools.append(back);
      section.replaceChildren(
        heading,
        element("p", {
          textContent: "Your answers are kept. Once you have seen the result they can't be changed any more.",
        }),
        tools,
      );
    }
    show("end");
    say("All images are answered");
    tools.firstElementChild.focus();
  }
  async function showResult() {
    const ended = await attempt(() => source.end());
    if (ended === null) return;
    const { accuracy, basis, missed } = ended.value;
    for (const at of order) final.add(at);
    const heading = element("h1", { textContent: `You got ${accuracy} right`, tabIndex: -1 });
    const parts = [
      heading,
      element("p", {
        textContent: `${basis}. In brackets: where the accuracy on more such images would probably lie.`,
      }),
      element("p", { textContent: "Your answers are in the notebook 04 and in the report. You can close this page." }),
    ];
    if (missed.length === 0) parts.push(element("p", { textContent: "You missed none." }));
    else {
      parts.push(
        element("h2", {
          textContent: missed.length === 1 ? "The image you missed" : `The ${missed.length} images you missed`,
        }),
      );
      parts.push(element(
        "ul",
        { className: "missed" },
        ...missed.map(({ position, said, label }) => {
          const yours = said === null ? "You couldn't tell" : `You: ${classes[said]}`;
          return element(
            "li",
            {},
            element("img", {
              src: source.image(position),
              alt: `Image labelled ${classes[label]}`,
              width: 160,
              height: 160,
              loading: "lazy",
            }),
            element("span", { textContent: yours }),
            element("strong", { textContent: `Label: ${classes[label]}` }),
          );
        }),
      ));
    }
    byId("end").replaceChildren(...parts);
    document.documentElement.dataset.asking = "ended";
    heading.focus();
  }

  // Putting it together.
  const keys = [
    ...(searching
      ? [["letters", "find a class by its name"], ["Enter", "choose the first one found"]]
      : [[`${CLASS_KEYS[0]} … ${CLASS_KEYS[classes.length - 1]}`, "choose the class with that key"]]),
    ["arrows, Enter", "go from class to class, choose"],
    [searching ? "?" : "? or 0", "can't tell"],
    ["Backspace", "undo the last answer, as often as you like"],
  ];
  for (const place of document.querySelectorAll("[data-keys]")) {
    place.replaceChildren(
      element(
        "dl",
        {},
        ...keys.map(([key, what]) =>
          element(
            "div",
            {},
            element("dt", {}, element("kbd", { textContent: key })),
            element("dd", { textContent: what }),
          )
        ),
      ),
    );
  }
  byId("who").addEventListener("submit", begin);
  byId("unsure").addEventListener("click", () => choose(null));
  byId("undo").addEventListener("click", undo);
  byId("filter").addEventListener("input", filter);
  for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => source.save());
  document.addEventListener("keydown", onKey);
  if (begun) enter(begun);
  else {
    show("start");
    const field = byId("rater");
    (field.value === "" ? field : byId("begin")).focus();
  }
}
