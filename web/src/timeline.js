import { svg } from "./dom.js";
import { counterWords, laneOrder, laneWords } from "./words.js";

const left = 190;
const laneHeight = 28;
const chartHeight = 56;

/** The story in lanes with the counters under it; time is the order of what happened, as virtual time stands still while code runs. */
export function timeline(model, room, onSelect) {
  const positions = positionsOf(model);
  const step = Math.max(16, Math.min(64, (room - left - 60) / Math.max(positions.count, 1)));
  const lanes = laneOrder.filter((lane) => model.events.some((event) => event.lane === lane));
  const charts = chartsOf(model);
  const width = Math.max(room, left + positions.count * step + 40);
  const height = lanes.length * laneHeight + charts.length * chartHeight + 56;
  const x = (at) => left + positions.of(at) * step;
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "The story, and the counters under it" });
  root.append(...bands(model, x, width, height));
  lanes.forEach((lane, row) => {
    const y = row * laneHeight + laneHeight / 2 + 4;
    root.append(
      svg("text", { x: 4, y: y + 4, class: "lane" }, laneWords(lane)),
      svg("line", { x1: left, x2: width - 20, y1: y, y2: y, class: "track" }));
  });
  model.events.forEach((event, index) => {
    const y = lanes.indexOf(event.lane) * laneHeight + laneHeight / 2 + 4;
    const choose = () => onSelect({ event: index });
    root.append(svg(
      "circle",
      {
        cx: x(event.at), cy: y, r: 7, class: "event", tabindex: 0, role: "button", "data-event": index, "aria-label": event.text, click: choose,
        keydown: (key) => (key.key === "Enter" || key.key === " ") && (key.preventDefault(), choose()),
      },
      svg("title", {}, event.text)));
  });
  charts.forEach((chart, row) => root.append(chartOf(chart, lanes.length * laneHeight + 16 + row * chartHeight, x, width)));
  const marks = svg("g", { class: "marks" });
  root.append(marks);
  return {
    root,
    /** Shows where a reference was taken and where it was given back, or that it never was. */
    mark(references) {
      marks.replaceChildren();
      references.forEach((reference, i) => {
        const from = x(reference.taken);
        const to = reference.released === null ? width - 20 : x(reference.released);
        const y = height - 34 - (i % 3) * 5;
        marks.append(
          svg("line", { x1: from, x2: to, y1: y, y2: y, class: reference.released === null ? "held never" : "held" }),
          svg("line", { x1: from, x2: from, y1: 0, y2: height, class: "take" }));
        if (reference.released !== null) marks.append(svg("line", { x1: to, x2: to, y1: 0, y2: height, class: "release" }));
      });
    },
  };
}

/** The two steps of an unload: the attempt, up to the return of DriverUnload, and the image, up to its leaving. */
function bands(model, x, width, height) {
  const last = (mark) => model.events.findLast((event) => event.mark === mark);
  const attempt = model.events.find((event) => event.mark === "attempt");
  if (!attempt) return [];
  const returned = last("returned");
  const gone = last("gone");
  const end = width - 20;
  const until = returned ? x(returned.at) : end;
  const made = [band("attempt", "1. the attempt", x(attempt.at) - 12, until, height)];
  if (returned) made.push(band("image", gone ? "2. the image, until it leaves" : "2. the image, which stays", until, gone ? x(gone.at) + 12 : end, height));
  return made;
}

const band = (kind, text, from, to, height) => svg(
  "g", { class: `band ${kind}` },
  svg("rect", { x: from, y: 0, width: Math.max(4, to - from), height }),
  svg("text", { x: from + 4, y: kind === "attempt" ? height - 16 : height - 4, class: "unit" }, text));

/** Only what is shown gets a place: events, and where the counters of shown objects change. */
function positionsOf(model) {
  const ats = [...new Set([...model.events.map((event) => event.at), ...shownCounts(model).map((count) => count.at)])].sort((a, b) => a - b);
  const index = new Map(ats.map((at, i) => [at, i]));
  const of = (at) => {
    if (index.has(at)) return index.get(at);
    let low = 0;
    while (low < ats.length && ats[low] < at) low++;
    return low - 0.5;
  };
  return { count: ats.length, of };
}

const shownCounts = (model) => model.counts.filter((count) => count.counter !== "attachment");

/** The driver object's references, and the opens of each device that had any. */
function chartsOf(model) {
  const charts = [];
  for (const object of model.objects) {
    for (const counter of object.kind === "driverObject" ? ["pointerCount"] : ["ioCount"]) {
      const values = model.counts.filter((count) => count.object === object.id && count.counter === counter);
      if (values.length > 0) charts.push({ object, counter, values });
    }
  }
  return charts.slice(0, 8);
}

function chartOf(chart, top, x, width) {
  const high = Math.max(1, ...chart.values.map((count) => count.value));
  const y = (value) => top + chartHeight - 14 - (value / high) * (chartHeight - 22);
  let path = `M ${left} ${y(0)}`;
  for (const count of chart.values) path += ` H ${x(count.at)} V ${y(count.value)}`;
  const last = chart.values[chart.values.length - 1].value;
  path += ` H ${width - 20}`;
  const name = `${counterWords(chart.counter)} of ${chart.object.name}`;
  return svg(
    "g", { class: "chart", role: "img", "aria-label": `${name}: up to ${high}, ${last} at the end` },
    svg("text", { x: 4, y: top + 14, class: "lane" }, shorten(chart.object.name)),
    svg("text", { x: 4, y: top + 30, class: "unit" }, `${counterWords(chart.counter)}, at most ${high}`),
    svg("path", { d: path, class: last > 0 ? "curve stays" : "curve" }),
    svg("text", { x: width - 16, y: y(last) + 4, class: "unit" }, last));
}

const shorten = (name) => (name.length > 26 ? "\u2026" + name.slice(-25) : name);
