// Images are in the file. Answers stay in this browser, where it keeps any, until they are saved to a file.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("quiz-data").textContent);
  const { images, pictures, classes, asked } = data;
  let rater = "";
  /** By the hash of the image. */
  let answers = new Map();
  let saved = true;
  let keeps = true;

  const name = (text) => text.normalize("NFC").trim().replace(/\s+/g, " ");
  const place = () => `plateau-quiz/${asked.fingerprint}/${rater.normalize("NFKC").toLowerCase()}`;
  function keep() {
    saved = false;
    try {
      localStorage.setItem(place(), JSON.stringify([...answers.values()]));
    } catch {
      keeps = false; // no storage for files here, or it is full: the answers are in this page only
    }
  }
  function kept() {
    try {
      return JSON.parse(localStorage.getItem(place()) ?? "[]");
    } catch {
      keeps = false;
      return [];
    }
  }
  const jpeg = (base64) => `data:image/jpeg;base64,${base64}`;
  const now = () => new Date().toISOString();

  addEventListener("beforeunload", (event) => {
    if (!saved && !keeps) event.preventDefault();
  });

  // deno-lint-ignore require-await -- as the served quiz, whose answers are on their way for a while
  const later = async (action) => action();

  runQuiz(data, {
    image: (position) => jpeg(images[position].jpeg),
    reference: (label, i) => jpeg(pictures[label][i]),
    start: (typed) =>
      later(() => {
        rater = name(typed);
        if (rater === "") throw new Error("A name is needed.");
        answers = new Map(kept().map((answer) => [answer.image, answer]));
        const given = images.flatMap(({ hash }, position) => {
          const answer = answers.get(hash);
          return answer && !answer.undone ? [{ position, answer }] : [];
        }).sort((a, b) => Date.parse(a.answer.at) - Date.parse(b.answer.at));
        return {
          answered: given.map(({ position, answer }) => ({
            position,
            class: answer.class === null ? null : classes.indexOf(answer.class),
            final: false,
          })),
        };
      }),
    answer: (position, label, milliseconds) =>
      later(() => {
        const { hash: image } = images[position];
        answers.set(image, { image, class: label === null ? null : classes[label], milliseconds, at: now() });
        keep();
      }),
    undo: (position) =>
      later(() => {
        const { hash: image } = images[position];
        answers.set(image, { image, class: null, milliseconds: 0, at: now(), undone: true });
        keep();
      }),
    save() {
      const file = {
        format: "plateau-answers",
        version: 1,
        dataset: data.dataset,
        classes,
        questions: asked,
        rater,
        answers: [...answers.values()],
      };
      const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1) + "\n"], { type: "application/json" }));
      const simple = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "quiz";
      const link = Object.assign(document.createElement("a"), {
        href: url,
        download: `answers-${simple(data.dataset)}-${simple(rater)}.json`,
      });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
      saved = true;
    },
  }, null);
})();
