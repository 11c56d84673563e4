/** What {@link sanitise} lets through. Names are lower case; the browser puts SVG's capitals back. */
const words = (text: string) => new Set(text.trim().split(/\s+/));

export const ELEMENTS = words(`
  a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i
  img ins kbd li mark meter ol p pre progress q s samp section small span strong sub summary sup table tbody td tfoot th
  thead time tr u ul var wbr svg
`);

export const SVG_ELEMENTS = words(`
  svg g path rect circle ellipse line polyline polygon text tspan defs clippath lineargradient radialgradient
  stop marker mask pattern
`);

export const VOID = words("br hr img col wbr");

/** Dropped with what is in them; in SVG's `title` and `desc` the browser would read HTML again. */
export const RAW_TEXT = words(
  "script style iframe object embed noscript noembed noframes xmp plaintext template textarea select title desc metadata",
);

export const ATTRIBUTES: Readonly<Record<string, ReadonlySet<string>>> = {
  "*": words("class title role lang dir"),
  ol: words("start reversed"),
  li: words("value"),
  td: words("colspan rowspan headers"),
  th: words("colspan rowspan headers scope"),
  col: words("span"),
  colgroup: words("span"),
  details: words("open"),
  progress: words("value max"),
  meter: words("value min max low high optimum"),
  time: words("datetime"),
};

export const SVG_ATTRIBUTES = words(`
  xmlns version viewbox preserveaspectratio width height x y x1 x2 y1 y2 cx cy r rx ry d points transform offset
  gradientunits gradienttransform clippathunits patternunits markerwidth markerheight refx refy orient spreadmethod
  fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap
  stroke-linejoin stroke-miterlimit stop-color stop-opacity opacity clip-path clip-rule mask marker-start marker-mid
  marker-end color display visibility overflow font-family font-size font-style font-weight text-anchor
  dominant-baseline letter-spacing dx dy rotate textlength lengthadjust vector-effect shape-rendering text-rendering
  pointer-events paint-order
`);

/** Styles that stay within their box. */
export const STYLES =
  /^(color|background(-color)?|opacity|width|height|(max|min)-(width|height)|text-(align|anchor|decoration|transform)|vertical-align|white-space|overflow(-wrap|-x|-y)?|(padding|margin|border)(-(top|right|bottom|left|radius|collapse|color|width|style))?|border-(top|right|bottom|left)-(color|width|style)|font(-(size|family|weight|style|variant-numeric))?|line-height|letter-spacing|display|gap|grid-template-columns|flex(-(wrap|direction|grow|shrink|basis))?|align-items|justify-content|object-fit|aspect-ratio|image-rendering|fill|stroke|fill-opacity|stroke-(width|opacity|dasharray)|list-style(-type)?)$/;
