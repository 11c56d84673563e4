// Images come from the command's server, and every answer goes there at once.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("quiz-data").textContent);
  // The token has been used; nothing of it stays in the address bar or the history.
  history.replaceState(null, "", "/");

  async function post(path, body) {
    let response;
    try {
      response = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    } catch {
      throw new Error(
        "The command has ended, so this answer could not be kept; those before it are. Start it again and open the new address.",
      );
    }
    if (response.ok) return await response.json();
    const reason = await response.json().then(({ error }) => error, () => "the server refused it");
    throw new Error(reason);
  }

  runQuiz(data, {
    image: (position) => `/image/${position}`,
    reference: (label, i) => `/reference/${label}/${i}`,
    start: (rater) => post("/start", { rater }),
    answer: (position, label, milliseconds) => post("/answer", { position, class: label, milliseconds }),
    undo: (position) => post("/undo", { position }),
    end: () => post("/end", {}),
  }, data.state);
})();
