/**
 * What makes results read well in a notebook, light or dark. All of it has the specificity of nothing (`:where`), so a
 * report's style sheet wins over it without effort.
 */
const STYLE = `
:where(.plateau-table){overflow-x:auto;max-width:100%}
:where(.plateau-table table){border-collapse:collapse;font-variant-numeric:tabular-nums}
:where(.plateau-table caption){text-align:left;font-weight:600;padding:.3em 0}
:where(.plateau-table :is(th,td)){padding:.25em .7em;text-align:left;vertical-align:top;border-bottom:1px solid rgb(127 127 127/.3)}
:where(.plateau-table td:first-child:not(.plateau-number)){min-width:8.5em}
:where(.plateau-table .plateau-number){text-align:right;white-space:nowrap}
:where(.plateau-note){opacity:.8;margin:.4em 0}
:where(.plateau-title){font-weight:600;margin:.2em 0 .5em}
:where(.plateau-grid-row){display:grid;grid-template-columns:minmax(5rem,9rem) minmax(0,1fr);gap:.3em 1em;padding:.35em 0;border-top:1px solid rgb(127 127 127/.3)}
:where(.plateau-grid-label){font-weight:600;overflow-wrap:anywhere}
:where(.plateau-grid-images){display:flex;flex-wrap:wrap;gap:.5em}
:where(.plateau-picture){width:80px}
:where(.plateau-picture img){display:block;width:80px;height:80px;margin:0;object-fit:contain;border-radius:4px;background:rgb(127 127 127/.12)}
:where(.plateau-caption){display:block;font-size:.75em;opacity:.8;overflow-wrap:anywhere}
@media (max-width:520px){:where(.plateau-grid-row){grid-template-columns:minmax(0,1fr)}}
:where(.plateau-findings){display:grid;gap:.6em;max-width:46em}
:where(.plateau-finding){border-left:4px solid;padding:.3em 0 .3em .8em;overflow-wrap:anywhere}
:where(.plateau-finding p,.plateau-finding ul){margin:.2em 0}
:where(.plateau-error){border-left-color:#d55e00}
:where(.plateau-warning){border-left-color:#e69f00}
:where(.plateau-info){border-left-color:#0072b2}
:where(.plateau-good){border-left-color:#009e73}
:where(.plateau-severity){font-size:.8em;font-weight:700;letter-spacing:.03em}
:where(.plateau-evidence){font-size:.9em;padding-left:1.2em}
:where(.plateau-more>summary){cursor:pointer;font-size:.85em;opacity:.8}
:where(.plateau-basis){opacity:.75;font-size:.85em}
:where(.plateau-figures){display:grid;grid-template-columns:repeat(auto-fill,minmax(min(13rem,100%),1fr));gap:.6em;margin:.3em 0}
:where(.plateau-figure){border:1px solid rgb(127 127 127/.35);border-radius:6px;padding:.5em .8em;overflow-wrap:anywhere}
:where(.plateau-label){font-size:.85em;opacity:.8}
:where(.plateau-value){font-size:1.15em;font-weight:600;font-variant-numeric:tabular-nums}
`.trim().replaceAll("\n", "");

/** The HTML of a result with what it needs to read well where no style sheet of ours is. */
export function styled(html: string): string {
  return `<style>${STYLE}</style>${html}`;
}
