// Runs in the report's pages: makes charts interactive, opens and closes all code. Without it everything can be read.
"use strict";
(() => {
  const toggle = document.querySelector("[data-toggle-code]");
  const blocks = document.querySelectorAll("details.code");
  if (toggle && blocks.length > 0) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const show = toggle.getAttribute("aria-pressed") !== "true";
      for (const block of blocks) block.open = show;
      toggle.setAttribute("aria-pressed", String(show));
      toggle.textContent = show ? "Hide all code" : "Show all code";
    });
  }

  // A report loads nothing, wherever a specification points.
  const refuse = () => Promise.reject(new Error("A report loads nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

  async function draw(figure) {
    const data = document.getElementById(`${figure.dataset.chart}-spec`);
    const place = figure.querySelector(".chart-view");
    const still = place.firstElementChild;
    const stage = document.createElement("div");
    try {
      const runtime = vega.parse(JSON.parse(data.textContent), undefined, { ast: true });
      const view = new vega.View(runtime, {
        renderer: "svg",
        expr: plateauVega.expressionInterpreter,
        loader,
        logger: vega.logger(vega.None),
        hover: true,
        container: stage,
      });
      view.tooltip(new plateauVega.Handler({ theme: "custom" }).call);
      await view.runAsync();
      const drawn = stage.querySelector("svg");
      for (const name of ["role", "aria-label"]) {
        if (still?.hasAttribute(name)) drawn.setAttribute(name, still.getAttribute(name));
      }
      place.replaceChildren(stage);
      figure.dataset.drawn = "interactive";
    } catch {
      figure.dataset.drawn = "still"; // the picture stays
    }
  }

  // A chart in something closed is drawn when it is opened.
  async function drawWithin(root) {
    for (const figure of root.querySelectorAll("[data-chart]:not([data-drawn])")) {
      if (figure.closest("details:not([open])")) continue;
      figure.dataset.drawn = "soon";
      await draw(figure);
    }
  }
  if (typeof vega !== "undefined") {
    for (const details of document.querySelectorAll("details")) {
      details.addEventListener("toggle", () => drawWithin(details));
    }
    drawWithin(document).then(() => document.documentElement.dataset.charts = "drawn");
  }
})();
