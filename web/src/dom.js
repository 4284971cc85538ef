/** Makes an element; attributes whose value is null or false are left out, functions become listeners. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  return fill(made, attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  return fill(made, attributes, children);
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    made.append(child instanceof Node ? child : String(child));
  }
  return made;
}

/** A place in code as the console report writes it. */
export function place(site) {
  if (!site) return null;
  const address = site.module ? `${site.module}+${site.rva}` : site.rva;
  const source = site.file ? (site.function ? `${site.function}, ${site.file}:${site.line}` : `${site.file}:${site.line}`) : site.function;
  return source ? `${source} (${address})` : address;
}
