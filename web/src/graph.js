import cytoscape from "cytoscape";
import dagre from "cytoscape-dagre";
import { counterWords, spaced } from "./words.js";

cytoscape.use(dagre);

/** Widest text of a node in pixels before it wraps, and about what a text needs. */
const textWidth = 190;
const lengthOf = (node) => node.data("label").length * 7.2;

/** What holds what: the driver object, its devices, what references them, and the findings' holders. */
export function elementsOf(scenario) {
  const timeline = scenario.timeline;
  const nodes = new Map();
  const edges = new Map();
  const byName = new Map();
  const add = (id, label, kind) => {
    if (!nodes.has(id)) nodes.set(id, { id, label, kind, alive: kind === "driverObject" && scenario.image.state !== "gone" });
    return nodes.get(id);
  };
  const connect = (from, to, label, references, outstanding) => {
    const id = `${from}->${to}:${label}`;
    const known = edges.get(id) ?? { id, source: from, target: to, label, references: [], outstanding: false };
    known.references.push(...references);
    known.outstanding ||= outstanding;
    edges.set(id, known);
  };
  for (const object of timeline.objects) {
    add(object.id, object.name, object.kind);
    byName.set(object.name, object.id);
  }
  timeline.references.forEach((reference, index) => {
    if (!nodes.has(reference.object)) return;
    const isOutstanding = reference.released === null;
    const name = reference.holder ?? spaced(reference.cause);
    const holder = byName.get(name) ?? `holder:${name}`;
    if (holder === reference.object) return;
    if (!isOutstanding && reference.counter === "pointerCount" && !byName.has(name)) return;
    add(holder, name, byName.has(name) ? "device" : reference.counter === "ioCount" ? "open" : "holder");
    connect(holder, reference.object, counterWords(reference.counter), [index], isOutstanding);
  });
  const walk = (holder, held) => {
    const id = byName.get(holder.name) ?? `holder:${holder.name}`;
    const node = add(id, holder.name, holder.kind);
    node.blamed = true;
    if (held && held !== id) connect(id, held, holder.counter ? counterWords(holder.counter) : "points into", [], true);
    for (const below of holder.heldBy) walk(below, id);
  };
  const driver = timeline.objects.find((object) => object.kind === "driverObject")?.id;
  for (const finding of scenario.findings.filter((finding) => finding.counts)) {
    for (const holder of finding.holders) walk(holder, byName.has(holder.name) ? driver : heldBy(holder, timeline) ?? driver);
  }
  for (const edge of edges.values()) {
    if (!edge.outstanding) continue;
    for (const end of [edge.source, edge.target]) if (nodes.has(end)) nodes.get(end).alive = true;
  }
  return {
    nodes: [...nodes.values()].map((node) => ({ data: node, classes: `${node.kind} ${node.blamed ? "blamed" : ""} ${node.alive ? "" : "over"}` })),
    edges: [...edges.values()].filter((edge) => nodes.has(edge.source) && nodes.has(edge.target))
      .map((edge) => ({ data: edge, classes: edge.outstanding ? "outstanding" : "over" })),
  };
}

/** An open of a device names the device in its text. */
function heldBy(holder, timeline) {
  return timeline.objects.find((object) => object.kind === "device" && object.name.startsWith("\\") && holder.name.includes(object.name))?.id;
}

/** Draws the picture. */
export function draw(container, elements, colours, onSelect) {
  const graph = cytoscape({
    container,
    elements: [...elements.nodes, ...elements.edges],
    minZoom: 0.2,
    maxZoom: 3,
    style: styles(colours),
    layout: { name: "dagre", rankDir: "BT", nodeSep: 28, rankSep: 56, animate: false, fit: true, padding: 16 },
  });
  graph.on("tap", "node", (event) => onSelect({ node: event.target.id() }));
  graph.on("tap", "edge", (event) => onSelect({ references: event.target.data("references") }));
  graph.on("tap", (event) => event.target === graph && onSelect(null));
  return graph;
}

export const styles = (c) => [
  {
    selector: "node",
    style: {
      label: "data(label)", "text-wrap": "wrap", "text-max-width": textWidth, "font-size": 12, "text-valign": "center", "text-halign": "center",
      "text-overflow-wrap": "anywhere", width: (node) => Math.min(textWidth, lengthOf(node)) + 22,
      height: (node) => 26 + 16 * Math.floor(lengthOf(node) / textWidth), shape: "round-rectangle", "background-color": c.node, color: c.text,
      "border-width": 1, "border-color": c.line,
    },
  },
  { selector: "node.driverObject", style: { shape: "rectangle", "border-width": 3, "font-weight": "bold" } },
  { selector: "node.open, node.fileObject, node.handle", style: { shape: "ellipse" } },
  { selector: "node.blamed", style: { "background-color": c.badBack, "border-color": c.bad, "border-width": 3 } },
  { selector: "node.over", style: { opacity: 0.55, "border-style": "dashed" } },
  {
    selector: "edge",
    style: {
      label: "data(label)", "font-size": 10, color: c.text, "text-background-color": c.back, "text-background-opacity": 1, "text-background-padding": 2,
      width: 1.5, "line-color": c.line, "target-arrow-color": c.line, "target-arrow-shape": "triangle", "curve-style": "bezier",
    },
  },
  { selector: "edge.outstanding", style: { width: 3, "line-color": c.bad, "target-arrow-color": c.bad } },
  { selector: "edge.over", style: { "line-style": "dashed", opacity: 0.6 } },
  { selector: ".chosen", style: { "border-color": c.accent, "border-width": 4, "line-color": c.accent, "target-arrow-color": c.accent, opacity: 1 } },
];
