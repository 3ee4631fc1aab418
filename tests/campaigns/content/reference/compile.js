// On each line of standard input a list of MJML documents, on standard output the list of their HTML.
import mjml2html from 'mjml'
import { createInterface } from 'node:readline'

const options = { fonts: {}, keepComments: true, validationLevel: 'skip', beautify: false, minify: false }
for await (const line of createInterface({ input: process.stdin })) {
  const compiled = []
  for (const source of JSON.parse(line)) compiled.push((await mjml2html(source, options)).html)
  process.stdout.write(JSON.stringify(compiled) + '\n')
}
