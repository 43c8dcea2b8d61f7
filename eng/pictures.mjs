#!/usr/bin/env node
// Draws the terminal pictures of the README and the docs but those of eng/recording.mjs: runs the built program on a
// terminal of 80 columns and writes its output as docs/pictures/NAME.svg. Nothing is retouched. To add a picture, add a
// line to `pictures`.
//
//   eng/pictures.mjs           all of them
//   eng/pictures.mjs link      one
//
// The program is the launcher's build, or the one that HELIOGRAPH_PROGRAM names.
// Needs root, Node.js, openssl, ip (iproute2) and script (bsdutils): the program runs in namespaces with a network and a
// copy of /etc of their own, so that it may write to its usual places, take its usual ports, and leaves nothing there.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { columns, parse, picture } from "./terminal.mjs";

const pictures = {
    demo: "heliograph demo",
    link: "heliograph link proxy.example.org",
    status: "heliograph status",
};

/** What runs before a picture, out of sight. */
const stages = {
    // As a client that the server does not know for its own: one who may not reach control.sock.
    status: ["history", "serve", `setpriv --reuid 65534 --regid 65534 --clear-groups heliograph check proxy.example.org > /dev/null 2>&1`],
};

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const program = process.env.HELIOGRAPH_PROGRAM ?? join(repository, "heliograph");
/**
 * A shell function that starts the real server, with its certificate from an authority that only this namespace trusts, and one web
 * server that stands in for all of Signal's hosts; and one that writes the sums of five weeks, made up, into its state directory.
 */
const serve = `. "${repository}/eng/stand-ins.sh"
serve() {
    ip address add 203.0.113.7/32 dev lo; ip address add 2001:db8::7/128 dev lo; ip address add 76.223.92.165/32 dev lo
    printf '%s proxy.example.org\\n' 203.0.113.7 2001:db8::7 >> /etc/hosts
    signal_hosts "${repository}/packaging/hosts.json" 76.223.92.165 >> /etc/hosts
    authority proxy 'Throw-away authority'; issue proxy DNS:proxy.example.org; cat proxy-ca.pem >> /etc/ssl/certs/ca-certificates.crt
    (signal 76.223.92.165) &
    printf '%s\\n' 'domains: [proxy.example.org]' 'listen: ["203.0.113.7:443", "[2001:db8::7]:443"]' \\
        'http: { listen: ["203.0.113.7:80", "[2001:db8::7]:80"] }' \\
        "certificate: { chain: $PWD/proxy.pem, key: $PWD/proxy.key }" "state_directory: $PWD/state" > /etc/heliograph/heliograph.yaml
    heliograph run > run.log 2>&1 &
    timeout 20 sh -c 'until grep -q "^ready$" run.log; do sleep 0.1; done' || { cat run.log >&2; exit 1; }
}
history() {
    mkdir -m 700 state
    node -e 'const day = 86400000, now = Date.now(), monday = now - (new Date(now).getUTCDay() + 6) % 7 * day;
        const period = (at, n) => ({ start: new Date(at).toISOString().slice(0, 10), connections: n * 8,
            bytes_up: n * 1000000, bytes_down: n * 31000000 });
        const days = Array.from({ length: 34 }, (_, i) => period(now - (34 - i) * day, 20 + i + (i * 13) % 17));
        const weeks = Array.from({ length: 6 }, (_, i) => period(monday - (5 - i) * 7 * day, 200 + 35 * i));
        require("node:fs").writeFileSync("state/traffic.json", JSON.stringify({ version: 1, days, weeks }), { mode: 0o600 })'
}`;

/** What the program prints on a terminal. */
function run(command, stage = []) {
    const scratch = mkdtempSync(join(tmpdir(), "heliograph-pictures-"));
    try {
        chmodSync(scratch, 0o755);
        mkdirSync(join(scratch, "bin"));
        symlinkSync(program, join(scratch, "bin", "heliograph"));
        const inside = [
            "set -e",
            serve,
            `cp -a /etc "${scratch}/etc"; mount --bind "${scratch}/etc" /etc; cd "${scratch}"`,
            "ip link set lo up; mkdir -p /etc/heliograph",
            // The output of check and status says what matters, not their exit code.
            "set +e",
            ...stage,
            `script -qec 'stty cols ${columns} rows 60; ${command}' /dev/null || true`,
        ].join("\n");
        const environment = { ...process.env, PATH: `${scratch}/bin:${process.env.PATH}`, TERM: "xterm-256color", TMPDIR: scratch };
        delete environment.NO_COLOR;
        return execFileSync(
            "unshare",
            ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", inside],
            { env: environment, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
    } finally {
        rmSync(scratch, { recursive: true });
    }
}

// Builds first, so that no picture shows the launcher's build.
execFileSync(program, ["--version"], { stdio: "ignore" });
const wanted = process.argv.slice(2);
for (const name of wanted.filter((name) => !(name in pictures))) {
    console.error(`eng/pictures.mjs: unknown picture ${name}; the pictures are ${Object.keys(pictures).join(", ")}`);
    process.exit(2);
}
for (const [name, command] of Object.entries(pictures)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const file = join(repository, "docs", "pictures", name + ".svg");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, picture(command, parse([{ time: 0, text: run(command, stages[name]) }])));
    console.log(file);
}
