// The blocks of the draft from the server, after a change or as somebody else left them.
export const ask = (verb, path, values) => window.htmx.ajax(verb, path, { source: "#studio", target: "#editor", swap: "outerHTML", values });
