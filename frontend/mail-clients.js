import { readFileSync } from "node:fs";

// What caniemail.com knows of mail programs, for the sandbox's check: of each feature its newest verdicts alone
// (y: works, a: partly, n: ignored), by family and platform.
const SOURCE = new URL("node_modules/caniemail/data/caniemail.json", import.meta.url);

export function mailClients() {
  return {
    name: "mail-clients",
    generateBundle() {
      const { nicenames, last_update_date: updated, data } = JSON.parse(readFileSync(SOURCE, "utf8"));
      const features = data.map(({ slug, title, url, stats }) => ({ slug, title, url, verdicts: newest(stats) }));
      const { family, platform } = nicenames;
      const source = JSON.stringify({ licence: "MIT, caniemail.com", updated, family, platform, features });
      this.emitFile({ type: "asset", fileName: "mail-clients.json", source });
    },
  };
}

function newest(stats) {
  const verdicts = {};
  for (const [family, platforms] of Object.entries(stats)) {
    for (const [platform, versions] of Object.entries(platforms)) {
      const known = Object.values(versions).map((said) => said[0]).filter((said) => said !== "u");
      if (known.length) verdicts[`${family} ${platform}`] = known.at(-1);
    }
  }
  return verdicts;
}
