import { element, place } from "./dom.js";

/** Who waits for whom, as a nested list: a thread, what it waits for, who could end that. */
export function waitTree(wait) {
  return element(
    "div", { class: "waits" },
    element("h4", {}, "Who waits for whom"),
    element("ul", {}, thread(wait)));
}

function thread(wait) {
  const isLoop = wait.objects.length === 1 && wait.objects[0].kind === "loop";
  const routine = wait.routine ? ` in ${wait.routine}` : "";
  const what = isLoop ? " runs in a loop that nothing ends" : ` waits${routine} for ${wait.objects.map(waited).join(wait.needsAll ? " and " : " or ")}`;
  const signallers = wait.objects.flatMap((object) => object.signallers);
  return element(
    "li", {},
    element("strong", {}, wait.thread), what,
    wait.site && [", at ", element("code", {}, place(wait.site))],
    signallers.length > 0 && element("ul", {}, signallers.map(signaller)));
}

function signaller(one) {
  return element(
    "li", {},
    (roles[one.kind] ?? "could end it: ") + one.name,
    one.site && [", ", element("code", {}, place(one.site))],
    one.closesCircle && ", which waits for this thread: a circle",
    one.waits && element("ul", {}, thread(one.waits)));
}

const waited = (object) => [kinds[object.kind] ?? "an object", object.place, object.address && `(${object.address})`].filter(Boolean).join(" ");

const roles = { holder: "held by ", owner: "owned by ", thread: "ends with ", request: "ends with ", timer: "ends with ", signalled: "signalled by " };

const kinds = {
  event: "an event",
  semaphore: "a semaphore",
  mutex: "a mutex",
  timer: "a timer",
  thread: "the end of a thread",
  process: "the end of a process",
  queue: "a queue",
  removeLock: "a remove lock",
  rundown: "rundown protection",
  fastMutex: "a fast mutex",
  resource: "an ERESOURCE",
  pushLock: "a push lock",
  request: "the completion of",
  delay: "time to pass",
};
