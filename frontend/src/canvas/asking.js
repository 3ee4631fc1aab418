// The blocks of the draft from the server, after a change or as somebody else left them. Settled at once: so the next
// change has the version that this one led to.
export const ask = (verb, path, values) => window.htmx.ajax(verb, path, { source: "#studio", target: "#editor", swap: "outerHTML settle:0ms", values });
