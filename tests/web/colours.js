/**
 * Axe, whose judgement of colours takes most of its time, asked about no text twice.
 *
 * What it finds of the colours of a text depends on the values that make up the text's key, and on nothing else: a key
 * that passed, on whatever page, in whatever theme and width, need not be judged again. A text has no key, and is judged
 * each time, if anything paints where it is seen that is none of its ancestors, or if one of them paints elsewhere.
 */
window.colours = (() => {
  const GROUND = ["background-color", "background-image", "opacity", "mix-blend-mode"];
  const CLEAR = "rgba(0, 0, 0, 0)|none";
  const PLAIN = `${CLEAR}|1|normal`;
  const TEXT = ["color", "-webkit-text-fill-color", "-webkit-text-stroke", "text-shadow"];
  const SIZE = ["font-size", "font-weight"];
  /** Up to here axe takes text for small, however bold it is, and asks for the same contrast. */
  const SMALL_PX = 18;
  /** What tells a link from the words around it. */
  const SHAPE = [...SIZE, "font-family", "font-style", "text-decoration", "border-top", "border-bottom", "outline"];
  const BLOCK = /^(block|list-item|table|flex|grid|inline-(block|flex|grid))$|^table-/;
  const WITHOUT_TEXT = ["hidden", "range", "color", "checkbox", "radio", "image"].map((type) => `[type=${type}]`);
  const FIELDS = `select:not(:empty), textarea, input:not(${WITHOUT_TEXT})`;
  const RULES = ["color-contrast", "link-in-text-block"];
  /** Reasons for which axe finds no colours, and never will with the same key. */
  const NEVER_SURE = ["bgImage", "bgGradient", "elmPartiallyObscured"];
  const judged = new Set();

  const isWord = (node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim() !== "";
  const isOnPage = ({ right, bottom }) => right + scrollX > 0 && bottom + scrollY > 0;
  const lengthOf = (text) => text.trim().replace(/\s+/g, " ").length;
  const values = (style, names) => names.map((name) => style.getPropertyValue(name)).join("|");

  /** A number of 53 bits (cyrb53), in few letters. */
  function hash(text) {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(at), 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  }

  /** Whether the middle of that place is in the box. */
  function holds(box, { left, right, top, bottom }) {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
  }

  const encloses = (box, { left, right, top, bottom }) =>
    box.left <= left && right <= box.right && box.top <= top && bottom <= box.bottom;

  /** Where its own words stand; of what has none, its box. */
  function linesOf(one, words) {
    if (!words.length) return [one.getBoundingClientRect()];
    const range = document.createRange();
    return words.flatMap((word) => {
      range.selectNodeContents(word);
      return [...range.getClientRects()];
    });
  }

  function groundOf(one) {
    const own = one ? values(getComputedStyle(one), GROUND) : PLAIN;
    return (one?.parentElement ? groundOf(one.parentElement) : "") + (own === PLAIN ? "" : `/${own}`);
  }

  /** A shadow and a stroke count by their part of the size. */
  function textOf(style) {
    const isSmall = parseFloat(style.fontSize) <= SMALL_PX;
    const isPlain = style.textShadow === "none" && style.webkitTextStrokeWidth === "0px";
    return values(style, isSmall && isPlain ? TEXT : [...TEXT, ...SIZE]);
  }

  /** The elements below the root whose own text is seen, and what gives the key of any, or null. */
  function textsBelow(root) {
    const [texts, painted, places] = [[], [], new Map()];
    function walk(one, { ground, behind, scroller, isFixed }) {
      const style = getComputedStyle(one);
      if (style.display === "none" || style.opacity === "0" || style.clipPath === "inset(50%)") return;
      const own = values(style, GROUND);
      if (own !== PLAIN) ground += `/${own}`;
      isFixed ||= style.position === "fixed";
      if (!own.startsWith(`${CLEAR}|`) && one.checkVisibility()) {
        behind = { one, box: one.getBoundingClientRect(), behind, scroller, isFixed };
        painted.push(behind);
      }
      const isWide = one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth;
      if (/auto|scroll/.test(style.overflow) && isWide) scroller = { box: one.getBoundingClientRect(), scroller };
      const words = [...one.childNodes].filter(isWord);
      const place = { ground, behind, scroller, isFixed, words, style };
      places.set(one, place);
      const hasText = (words.length ? one.tagName !== "OPTION" : one.matches(FIELDS)) && !one.closest(":disabled");
      if (hasText && style.visibility === "visible" && one.checkVisibility() && linesOf(one, words).some(isOnPage))
        texts.push(one);
      for (const child of [...one.children, ...(one.shadowRoot?.children ?? [])]) walk(child, place);
    }
    walk(root, { ground: groundOf(root.parentElement), behind: null, scroller: null, isFixed: false });
    const keyOf = (one) => {
      if (!places.has(one)) return null;
      const { ground, style, words, ...place } = places.get(one);
      const inside = paintedAround(linesOf(one, words), place, painted);
      return inside && hash([ground, textOf(style), ...inside].join("/"));
    };
    return { texts, keyOf };
  }

  /**
   * Of each ancestor that paints whether all of the lines are within it, or some have been scrolled out; null, if not
   * those alone, or not all of those, paint where the lines are seen.
   *
   * What scrolls is seen where its scroller is. What is fixed and what is not are two pages to axe.
   */
  function paintedAround(lines, { behind, scroller, isFixed }, painted) {
    const ancestors = [];
    for (let next = behind; next; next = next.behind) ancestors.push(next);
    const isAlone = painted.every((other) => {
      if (other.one === document.documentElement || other.one === document.body) return true;
      let seen = lines;
      for (let next = scroller; next && next !== other.scroller; next = next.scroller) seen = [next.box];
      if (ancestors.includes(other)) return seen.every((place) => holds(other.box, place));
      return other.isFixed !== isFixed || ![...lines, ...seen].some((place) => holds(other.box, place));
    });
    return isAlone ? ancestors.map(({ box }) => lines.every((line) => encloses(box, line))) : null;
  }

  /** The key of a link among the words around it; undefined, if axe would say that there are none. */
  function linkKey(link, keyOf) {
    const style = getComputedStyle(link);
    if (BLOCK.test(style.display) || !link.checkVisibility()) return undefined;
    let block = link.parentElement;
    while (block.parentElement && !BLOCK.test(getComputedStyle(block).display)) block = block.parentElement;
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    let around = "";
    while (walker.nextNode())
      if (!walker.currentNode.parentElement.closest("a[href]")) around += walker.currentNode.nodeValue;
    if (lengthOf(around) <= lengthOf(link.textContent)) return undefined;
    const keys = [keyOf(link), keyOf(block)];
    const shapes = [style, getComputedStyle(block)].map((each) => values(each, SHAPE));
    return keys.includes(null) ? null : hash([...keys, ...shapes].join("/"));
  }

  /** By rule, what it has to judge below the root, each with its key. */
  function unjudged(root) {
    const { texts, keyOf } = textsBelow(root);
    const links = [...root.querySelectorAll("a[href], [role=link]")].map((link) => [link, linkKey(link, keyOf)]);
    return new Map([
      ["color-contrast", new Map(texts.map((one) => [one, keyOf(one)]).filter(([, key]) => !judged.has(key)))],
      ["link-in-text-block", new Map(links.filter(([, key]) => key !== undefined && !judged.has(key)))],
    ]);
  }

  /**
   * What axe finds below the root, and the keys that passed. `isPlain`: of the colours alone, so that nothing is to be
   * done if none is new.
   */
  async function look(root, options, isPlain) {
    const asked = unjudged(root);
    if (isPlain && [...asked.values()].every((all) => !all.size)) return { violations: [], passed: [] };
    for (const [rule, all] of asked) for (const one of all.keys()) one.setAttribute(`data-${rule}`, "");
    const passed = [];
    const reporter = (results, ...rest) => {
      for (const { id, passes, incomplete } of results.filter((result) => asked.has(result.id))) {
        const note = (found, isSure) => {
          for (const { node, any } of found)
            if (any.some(({ data }) => isSure(data?.messageKey))) passed.push(asked.get(id).get(node.element));
        };
        note(passes, (reason) => reason !== "hidden"); // what it takes for hidden it lets pass without a look
        note(incomplete, (reason) => NEVER_SURE.includes(reason));
      }
      const wrong = results.map((result) => ({ ...result, passes: [], incomplete: [], inapplicable: [] }));
      return axe.getReporter("v1")(wrong, ...rest);
    };
    const { violations } = await axe.run(root, { ...options, reporter });
    for (const [rule, all] of asked) for (const one of all.keys()) one.removeAttribute(`data-${rule}`);
    const keys = passed.filter((key) => key);
    for (const key of keys) judged.add(key);
    return { violations, passed: keys };
  }

  axe.configure({ rules: RULES.map((id) => ({ id, selector: `[data-${id}]` })) });
  return { judged, look, unjudged };
})();
