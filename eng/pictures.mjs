#!/usr/bin/env node
// Draws the terminal pictures of the README and the docs: runs the built program on a terminal of 80 columns and
// writes its output as docs/pictures/NAME.svg. Nothing is retouched. To add a picture, add a line to `pictures`.
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

const pictures = {
    demo: "heliograph demo",
    init: "heliograph init --domain proxy.example.org --offline",
    link: "heliograph link proxy.example.org",
    check: "heliograph check proxy.example.org",
    status: "heliograph status",
};

/** What runs before a picture, out of sight. */
const stages = {
    check: ["serve"],
    // As a client that the server does not know for its own: one who may not reach control.sock.
    status: ["history", "serve", `setpriv --reuid 65534 --regid 65534 --clear-groups heliograph check proxy.example.org > /dev/null 2>&1`],
};

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const program = process.env.HELIOGRAPH_PROGRAM ?? join(repository, "heliograph");
const columns = 80;
const [cellWidth, cellHeight, margin, fontSize] = [8.4, 18, 16, 14];
const [paper, ink] = ["#1d1f21", "#d5d8d6"];
const bright = 8;
const palette = ["#1d1f21", "#cc6666", "#8fb66a", "#e0b85c", "#7ba3cc", "#b294bb", "#8abeb7", "#d5d8d6",
    "#6b6f72", "#e07f7f", "#b5d68f", "#f0d080", "#9fc2e6", "#cbb2d6", "#a6d8d0", "#ffffff"];

/**
 * A shell function that starts the real server, with its certificate from an authority that only this namespace trusts, and one web
 * server that stands in for all of Signal's hosts; and one that writes the sums of five weeks, made up, into its state directory.
 */
const serve = `serve() {
    ip address add 203.0.113.7/32 dev lo; ip address add 2001:db8::7/128 dev lo; ip address add 76.223.92.165/32 dev lo
    printf '%s proxy.example.org\\n' 203.0.113.7 2001:db8::7 >> /etc/hosts
    sed -n 's/^ *"\\([a-z0-9.]*\\.signal\\.org\\)",\\{0,1\\}$/76.223.92.165 \\1/p' "${repository}/packaging/hosts.json" >> /etc/hosts
    authority proxy 'Throw-away authority'; issue proxy DNS:proxy.example.org; cat proxy-ca.pem >> /etc/ssl/certs/ca-certificates.crt
    authority signal 'Stand-in for Signal'; issue signal 'DNS:*.signal.org,DNS:*.chat.signal.org,DNS:*.voip.signal.org'
    node -e 'const pem = require("node:fs").readFileSync;
        require("node:tls").createServer({ cert: pem("signal.pem"), key: pem("signal.key"), ALPNProtocols: ["h2", "http/1.1"] })
            .on("tlsClientError", () => {}).listen(443, "76.223.92.165")' &
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
}
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=$2" \\
        -keyout $1-ca.key -out $1-ca.pem 2> /dev/null
}
issue() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj / -keyout $1.key 2> /dev/null > $1.csr
    echo "subjectAltName=critical,$2" > $1.ext
    openssl x509 -req -in $1.csr -CA $1-ca.pem -CAkey $1-ca.key -days 90 -extfile $1.ext -out $1.pem 2> /dev/null
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

/** Lines of runs of characters that look alike: [{ column, text, colour, ground, bold, dim }]. */
function parse(output) {
    const lines = [];
    let [row, column, style] = [0, 0, {}];
    for (const part of output.split(/(\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r|\n)/)) {
        const [, codes, kind] = /^\x1b\[([0-9;]*)([A-Za-z])$/.exec(part) ?? [];
        if (part === "\n") row++;
        else if (part === "\r") column = 0;
        else if (kind === "m") style = restyle(style, codes.split(";").map(Number));
        // Progress output moves up and rewrites or erases its lines.
        else if (kind === "A") row -= Number(codes || 1);
        else if (kind === "K") lines[row] = [];
        else if (part && !part.startsWith("\x1b")) {
            if (column === 0 || !lines[row]) lines[row] = [];
            lines[row].push({ column, text: part, ...style });
            column += [...part].length;
        }
    }
    const all = Array.from(lines, (runs) => runs ?? []);
    while (all.at(-1)?.length === 0) all.pop();
    return all;
}

/** SGR (ECMA-48 section 8.3.117), as far as the program uses it. */
function restyle(style, codes) {
    const next = { ...style };
    for (let i = 0; i < codes.length; i++) {
        const code = codes[i];
        if (code === 0) return restyle({}, codes.slice(i + 1));
        else if (code === 1) next.bold = true;
        else if (code === 2) next.dim = true;
        else if (code >= 30 && code <= 37) next.colour = palette[code - 30];
        else if (code >= 90 && code <= 97) next.colour = palette[code - 90 + bright];
        else if (code === 38 || code === 48) {
            next[code === 38 ? "colour" : "ground"] = indexed(codes[i + 2]);
            i += 2;
        }
    }
    return next;
}

/** The 256 colours: 16 of the theme, a cube, greys. */
function indexed(n) {
    if (n < 16) return palette[n];
    const channels = n >= 232
        ? Array(3).fill(8 + 10 * (n - 232))
        : [36, 6, 1].map((step) => Math.floor((n - 16) / step) % 6).map((level) => level && 55 + 40 * level);
    return "#" + channels.map((channel) => channel.toString(16).padStart(2, "0")).join("");
}

function draw(command, lines) {
    const shapes = [];
    const round = (number) => Math.round(number * 100) / 100;
    const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const rectangle = (x, y, width, height, fill) =>
        shapes.push(`<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`);
    const all = [[{ column: 0, text: "$ " + command, bold: true }], ...lines];
    all.forEach((runs, row) => {
        const top = margin + row * cellHeight;
        for (const { column, text, colour = ink, ground, bold, dim } of runs) {
            const left = margin + column * cellWidth;
            if (ground) rectangle(left, top, [...text].length * cellWidth, cellHeight, ground);
            // Fonts leave gaps between block elements, and a QR code must have none.
            [...text].forEach((character, i) => {
                const eighths = "▁▂▃▄▅▆▇█".indexOf(character) + 1;
                const [from, height] = character === "▀" ? [0, cellHeight / 2] : [cellHeight * (1 - eighths / 8), cellHeight * eighths / 8];
                if (height) rectangle(left + i * cellWidth, top + from, cellWidth, height, colour);
            });
            // Each group of words at its own place, because SVG viewers need not keep spaces.
            for (const group of text.replaceAll(/[▀▁-█]/g, " ").matchAll(/\S+(?: \S+)*/g)) {
                const [at, length] = [left + [...text.slice(0, group.index)].length * cellWidth, [...group[0]].length * cellWidth];
                const style = (bold ? ' font-weight="bold"' : "") + (dim ? ' opacity="0.65"' : "");
                const place = `x="${round(at)}" y="${round(top + 13.5)}" textLength="${round(length)}"`;
                shapes.push(`<text ${place} fill="${colour}"${style}>${escape(group[0])}</text>`);
            }
        }
    });
    const [width, height] = [2 * margin + columns * cellWidth, 2 * margin + all.length * cellHeight];
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
            `font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}" ` +
            'shape-rendering="crispEdges">',
        `<title>${escape(command)}</title>`,
        `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
        ...shapes,
        "</svg>\n",
    ].join("\n");
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
    writeFileSync(file, draw(command, parse(run(command, stages[name]))));
    console.log(file);
}
