// A list of MJML documents on standard input, the list of their HTML on standard output.
import mjml2html from 'mjml'

let given = ''
for await (const part of process.stdin) given += part
const options = { fonts: {}, keepComments: true, validationLevel: 'skip', beautify: false, minify: false }
const compiled = []
for (const source of JSON.parse(given)) compiled.push((await mjml2html(source, options)).html)
process.stdout.write(JSON.stringify(compiled))
