/** The model's terms in words for people. */
const verdicts = {
  Unloaded: "leaves memory",
  LeftTooEarly: "leaves too early: something still points into it",
  NotAttempted: "stays: nobody calls DriverUnload",
  Refused: "stays: the unload is refused",
  Deferred: "stays: the unload is put off and never comes",
  Resident: "stays in memory after DriverUnload",
  Hung: "never returns",
  Crashed: "stops the machine",
  Inconclusive: "could not be judged",
};

const lanes = {
  driver: "the driver",
  pnp: "PnP manager",
  io: "I/O manager",
  scm: "service control manager",
  client: "applications and other drivers",
  machine: "the machine",
};

const counters = { pointerCount: "references", ioCount: "opens", attachment: "attached above", handleCount: "handles", loadCount: "load count", removeLock: "remove lock" };

export const laneOrder = ["scm", "pnp", "io", "driver", "client", "machine"];
export const verdictWords = (verdict) => verdicts[verdict] ?? verdict;
export const laneWords = (lane) => lanes[lane] ?? lane;
export const counterWords = (counter) => counters[counter] ?? counter;

/** camelCase as words. */
export const spaced = (text) => text.replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);

/** Good, bad or not known: the three kinds of ending. */
export const ending = (verdict) => (verdict === "Unloaded" ? "good" : verdict === "Inconclusive" ? "unknown" : "bad");
