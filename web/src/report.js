import { element, place } from "./dom.js";
import { draw, elementsOf, styles } from "./graph.js";
import { timeline } from "./timeline.js";
import { waitTree } from "./waits.js";
import { counterWords, ending, spaced, verdictWords } from "./words.js";

const data = JSON.parse(document.getElementById("reports").textContent);
const app = document.getElementById("app");
const state = { report: 0, scenario: 0, graph: null };

/** The worst scenario first: what a person came to see. */
const worst = (report) => {
  const bad = report.scenarios.findIndex((scenario) => scenario.verdict === report.verdict && scenario.findings.some((finding) => finding.counts));
  return bad >= 0 ? bad : Math.max(0, report.scenarios.findIndex((scenario) => scenario.verdict === report.verdict));
};

function show() {
  const report = data.reports[state.report];
  const scenario = report.scenarios[state.scenario];
  // A dump has no history: in its picture only the driver object stands beside the holders.
  if (report.dump && scenario) scenario.timeline ??= { objects: [{ id: "driver", kind: "driverObject", name: report.driver.file }], events: [], references: [], counts: [] };
  app.replaceChildren(header(report), element("main", {}, reportChoice(), scenarioChoice(report), body(report, scenario)));
  if (scenario) fillPicture(scenario);
}

function header(report) {
  const scenario = report.scenarios[worst(report)];
  const finding = scenario?.findings.find((one) => one.counts);
  return element(
    "header", { class: ending(report.verdict) },
    element("h1", {}, `${report.driver.file} ${isAtWork(report, finding) ? "is loaded" : verdictWords(report.verdict)}.`),
    element("p", { class: "sentence" }, finding ? finding.summary : scenario?.inconclusive[0] ?? withoutFinding(report)),
    report.dump ? dumpFacts(report) : element("p", { class: "facts" }, `${spaced(report.driver.kind)} driver, ${report.driver.machine}, SHA-256 ${report.driver.sha256}`),
    element("button", { type: "button", class: "theme", click: switchTheme }, "Light or dark"));
}

/** A driver of a dump that nobody asked to leave. */
const isAtWork = (report, finding) => report.dump && report.verdict === "NotAttempted" && !finding;

function withoutFinding(report) {
  if (!report.dump) return "Every scenario ended with the image out of memory.";
  return report.verdict === "Unloaded"
    ? "Its image is not in memory; the history of unloaded images has it."
    : "The driver is loaded, and nothing in the dump shows an attempt to unload it.";
}

function dumpFacts(report) {
  const { dump } = report;
  const crash = dump.bugCheck;
  return [
    element("p", { class: "facts" }, `${dump.kind} of Windows build ${dump.build}, ${dump.file}; structures from ${dump.structures}`),
    crash && element("p", {}, `The machine stopped: bug check ${[crash.code, crash.name].filter(Boolean).join(" ")} (${crash.parameters.join(", ")})${crash.isOfDriver ? "." : `; nothing in the dump ties that to ${report.driver.file}.`}`),
  ];
}

function reportChoice() {
  if (data.reports.length < 2) return null;
  return element(
    "nav", { "aria-label": "Drivers", class: "choice" },
    data.reports.map((report, index) => choice(`${report.driver.file}`, ending(report.verdict), index === state.report, () => {
      state.report = index;
      state.scenario = worst(report);
      show();
    })));
}

function scenarioChoice(report) {
  return element(
    "nav", { "aria-label": "Scenarios", class: "choice" },
    report.scenarios.map((scenario, index) => choice(scenario.name, ending(scenario.verdict), index === state.scenario, () => {
      state.scenario = index;
      show();
    })));
}

const choice = (text, kind, isChosen, click) =>
  element("button", { type: "button", class: kind, "aria-pressed": String(isChosen), click }, text);

function body(report, scenario) {
  if (!scenario) return element("p", {}, "No scenario was run.");
  return [
    element("section", { "aria-label": "Verdict of the scenario" },
      element("h2", {}, `${scenario.name}: ${verdictWords(scenario.verdict)}`),
      scenario.findings.map(findingCard),
      scenario.inconclusive.map((why) => element("p", { class: "unknown" }, why))),
    element("section", { "aria-label": "Who holds whom" },
      element("h2", {}, "Who holds whom"),
      element("p", { class: "hint" }, "An arrow goes from what holds to what is held. Red is still held at the end; dashed is over. Drag to move, scroll to zoom, click to follow a reference."),
      element("div", { id: "graph", role: "img", "aria-label": graphWords(scenario) })),
    report.dump ? withoutStory() : storyOf(report, scenario),
  ];
}

const withoutStory = () => element(
  "section", { "aria-label": "The story" },
  element("h2", {}, "The story"),
  element("p", {}, "A dump has no timeline: it shows the machine at one moment, with counts and without a history. A check of the same driver shows who took each reference, and when."));

const storyOf = (report, scenario) => [
  element("section", { "aria-label": "The story" },
    element("h2", {}, "The story"),
    element("div", { id: "timeline", tabindex: 0, role: "region", "aria-label": "Timeline, scrolls sideways" }),
    element("p", { id: "told", role: "status" })),
  element("section", { "aria-label": "References" },
    element("h2", {}, "References to the driver object and its devices"),
    referenceTable(scenario.timeline)),
  element("p", { class: "facts" }, `Run it again: lastref replay ${scenario.replay} ${report.driver.file}`),
];

const fault = blame => blame.party === "unknown" ? "a driver that memory does not tell" : `the ${blame.party}${blame.image ? " " + blame.image : ""}`;

function findingCard(finding) {
  return element(
    "article", { class: `finding ${finding.counts ? "bad" : "note"}` },
    element("h3", {}, `${finding.reason} ${finding.title}`),
    element("p", {}, finding.summary),
    finding.missing && element("p", {}, `Missing: ${finding.missing}.`),
    finding.site && element("p", {}, "At ", element("code", {}, place(finding.site))),
    finding.wait && waitTree(finding.wait),
    finding.others.length > 0 && element("p", {}, othersInWords(finding.others)),
    element("p", { class: "fix" }, `Fix: ${finding.fix}`),
    element("p", { class: "facts" }, `${finding.certainty.toLowerCase()}, phase ${finding.phase}, rule ${finding.rule}, fault of ${fault(finding.blame)}`));
}

/** What becomes of the other findings when this one alone is fixed. */
function othersInWords(others) {
  const names = (remains) => [...new Set(others.filter((other) => other.remains === remains).map((other) => (other.reason === "unlisted" ? other.title : other.reason)))];
  return [
    names(true).length > 0 && `When this alone is fixed, ${names(true).join(", ")} would remain.`,
    names(false).length > 0 && `With it would go ${names(false).join(", ")}.`,
  ].filter(Boolean).join(" ");
}

/** The picture in words, for those who do not see it. */
function graphWords(scenario) {
  const holders = scenario.findings.filter((finding) => finding.counts).flatMap((finding) => finding.holders.map((holder) => holder.name));
  return holders.length > 0 ? `Graph of holders: ${holders.join("; ")}` : "Graph of holders: nothing holds the driver at the end";
}

function referenceTable(model) {
  const names = new Map(model.objects.map((object) => [object.id, object.name]));
  if (model.references.length === 0) return element("p", {}, "None was recorded.");
  return element(
    "div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of references" },
    element(
      "table", {},
      element("thead", {}, element("tr", {}, ["object", "counter", "why", "holder", "taken", "given back", ""].map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, model.references.map((reference, index) => element(
        "tr", { "data-reference": index, class: reference.released === null ? "never" : null },
        element("td", {}, names.get(reference.object) ?? reference.object),
        element("td", {}, counterWords(reference.counter)),
        element("td", {}, spaced(reference.cause)),
        element("td", {}, reference.holder ?? ""),
        element("td", {}, `#${reference.taken} `, element("code", {}, place(reference.takenAt) ?? "the kernel")),
        element("td", {}, reference.released === null ? "never" : [`#${reference.released} `, element("code", {}, place(reference.releasedAt) ?? "the kernel"), reference.isAmbiguous ? " (or another)" : ""]),
        element("td", {}, element("button", { type: "button", click: () => follow([index]) }, "Follow")))))));
}

function fillPicture(scenario) {
  const model = scenario.timeline;
  const place = document.getElementById("timeline");
  const lines = place && timeline(model, place.clientWidth - 16, followEvent);
  place?.append(lines.root);
  const elements = elementsOf(scenario);
  state.lines = lines;
  state.model = model;
  state.graph = draw(document.getElementById("graph"), elements, colours(), (selected) => {
    if (!selected) follow([]);
    else if (selected.references) follow(selected.references);
    else follow(model.references.map((_, index) => index).filter((index) => touches(index, selected.node)), selected.node);
  });
  document.getElementById("graph").dataset.nodes = state.graph.nodes().length;
}

/** Whether a reference is on a node or held by it. */
function touches(index, node) {
  const reference = state.model.references[index];
  return reference.object === node || `holder:${reference.holder}` === node
    || state.model.objects.some((object) => object.id === node && object.name === reference.holder);
}

/** Highlights references everywhere: table, timeline and picture. */
function follow(indices, node = null) {
  const chosen = indices.map((index) => state.model.references[index]);
  state.lines?.mark(chosen);
  for (const row of document.querySelectorAll("tr[data-reference]"))
    row.classList.toggle("chosen", indices.includes(Number(row.dataset.reference)));
  state.graph.elements().removeClass("chosen");
  if (node) state.graph.getElementById(node).addClass("chosen");
  state.graph.edges().filter((edge) => edge.data("references").some((index) => indices.includes(index))).addClass("chosen");
  tell(chosen.length === 1
    ? `Taken at #${chosen[0].taken} ${place(chosen[0].takenAt) ?? "by the kernel"}; ${chosen[0].released === null ? "never given back." : `given back at #${chosen[0].released} ${place(chosen[0].releasedAt) ?? "by the kernel"}.`}`
    : chosen.length > 1 ? `${chosen.length} references, ${chosen.filter((reference) => reference.released === null).length} never given back.` : "");
}

function followEvent({ event }) {
  for (const dot of document.querySelectorAll(".event")) dot.classList.toggle("chosen", Number(dot.dataset.event) === event);
  tell(state.model.events[event].text);
}

function tell(text) {
  const told = document.getElementById("told"); // a dump has no story to be told of
  if (told) told.textContent = text;
}

const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { back: of("--back"), node: of("--node"), text: of("--text"), line: of("--line"), bad: of("--bad"), badBack: of("--bad-back"), accent: of("--accent") };
};

function switchTheme() {
  const isDark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = isDark ? "light" : "dark";
  state.graph?.style(styles(colours()));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => state.graph?.style(styles(colours())));
state.scenario = worst(data.reports[0]);
show();
