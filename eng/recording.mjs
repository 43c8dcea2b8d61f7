#!/usr/bin/env node
// Draws docs/pictures/recording.svg: the first minutes of a volunteer, from the real program in a Debian 13 with chrony;
// and of the same session init.svg and check.svg. Nothing is retouched, but in the recording waits are cut to a second,
// and no line comes sooner than a person can read.
//
//   eng/recording.mjs FILE     with the packaged program FILE (eng/package)
//
// Needs root, Node.js, curl, openssl, pebble, ip (iproute2), script (bsdutils), and a Debian 13 in artifacts/trixie (which
// `./test trixie peers` makes; HELIOGRAPH_DEBIAN names another) with chrony: chroot artifacts/trixie apt-get install chrony.
// Everything happens in namespaces with a network of their own, on a copy of it that is gone afterwards. Pebble stands in
// for Let's Encrypt, under its name, and one web server for all of Signal's hosts.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cellHeight, columns, cellWidth, draw, margin, open, paper, parse, picture, prompt } from "./terminal.mjs";

const name = "proxy.example.org";
const scenes = {
    init: `heliograph init --domain ${name}`,
    run: "heliograph run &",
    check: `heliograph check ${name}`,
    status: "heliograph status",
};

const rows = 32;
/** Seconds: before the first output of a command, between two lines, and for reading the last screen of a command. */
const [typing, shortestWait, longestWait, reading] = [1, 0.15, 1, 4];

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const debian = resolve(process.env.HELIOGRAPH_DEBIAN ?? join(repository, "artifacts", "trixie"));

/** $1: the Debian, $2: the program, $3: the repository. In a scratch directory. */
const stage = `
set -e
. "$3/eng/stand-ins.sh"
# The machine has one link, to the stand-ins, so that none of them has its port 443.
mount -t tmpfs tmpfs /run; ip netns add outside
ip link add eth0 type veth peer name eth0 netns outside
ip link set lo up; ip link set eth0 up
ip address add 1.2.3.4/24 dev eth0; ip address add 2a00:db8::4/64 dev eth0 nodad; ip route add default via 1.2.3.80
outside="ip netns exec outside"
$outside ip link set lo up; $outside ip link set eth0 up; $outside ip address add 1.2.3.80/24 dev eth0
$outside ip address add 76.223.92.165 dev lo
mkdir upper work root
mount -t overlay -o "lowerdir=$1,upperdir=upper,workdir=work" overlay root
mount --rbind /dev root/dev; mount -t proc proc root/proc; mount -t sysfs sysfs root/sys
cp "$2" root/usr/bin/heliograph

{ echo '127.0.0.1 localhost'
    printf '%s ${name}\\n' 1.2.3.4 2a00:db8::4
    echo '1.2.3.80 acme-v02.api.letsencrypt.org'
    signal_hosts "$3/packaging/hosts.json" 76.223.92.165; } > hosts
cp hosts root/etc/hosts
# Where Pebble, out here, looks for the name that it validates.
mount --bind hosts /etc/hosts

authority acme 'Stand-in for Let us Encrypt'; issue acme DNS:acme-v02.api.letsencrypt.org
cat acme-ca.pem >> root/etc/ssl/certs/ca-certificates.crt
echo '{ "pebble": { "listenAddress": "127.0.0.1:14000", "managementListenAddress": "1.2.3.80:15000",
    "certificate": "acme.pem", "privateKey": "acme.key", "httpPort": 80, "tlsPort": 443, "ocspResponderURL": "",
    "certificateValidityPeriod": 7776000 } }' > pebble.json
PEBBLE_VA_NOSLEEP=1 $outside pebble -config pebble.json > pebble.log 2>&1 &
# Let's Encrypt's address for Pebble's, whose directory is at /dir, and Let's Encrypt's terms for Pebble's joke.
$outside node -e 'const pem = require("node:fs").readFileSync, https = require("node:https");
    https.createServer({ cert: pem("acme.pem"), key: pem("acme.key") }, (from, back) => from.pipe(https.request(
        { host: "127.0.0.1", port: 14000, method: from.method, path: from.url.replace(/^\\/directory$/, "/dir"), headers: from.headers,
            rejectUnauthorized: false },
        (answer) => {
            const { "content-length": length, ...headers } = answer.headers;
            back.writeHead(answer.statusCode, headers);
            answer.on("data", (part) => back.write(part.toString("latin1").replace(/data:[^"]*wilt/, "https://letsencrypt.org/repository/"),
                "latin1")).on("end", () => back.end());
        }))).listen(443, "1.2.3.80")' &
$outside sh -c '. "$1"; signal 76.223.92.165' sh "$3/eng/stand-ins.sh" &
chroot root chronyd -d -x 'server 1.2.3.80' > chrony.log 2>&1 &
until_said() { timeout 60 sh -c 'until grep -qs "$1" "$2"; do sleep 0.1; done' sh "$@" || { cat "$2" >&2; exit 1; }; }
until_said 'ACME directory available' pebble.log
until_said 'version' chrony.log

# scene NAME COMMAND: what it writes on a terminal, and when.
scene() {
    script -qef --log-out $1.out --log-timing $1.times -c "stty cols ${columns} rows ${rows}; exec $2" < /dev/null > /dev/null 2>&1
}
inside="chroot root env TERM=xterm-256color"
scene init "$inside ${scenes.init}" || true
scene run "$inside heliograph run" &
until_said 'New certificate' run.out
curl -sk https://1.2.3.80:15000/roots/0 >> root/etc/ssl/certs/ca-certificates.crt
# As a client that the server does not know for its own: one who may not reach control.sock.
scene check "chroot --userspec=65534:65534 root env TERM=xterm-256color ${scenes.check}" || true
scene status "$inside ${scenes.status}" || true
`;

/** Pieces of output with the seconds since the command began: a line each, so that no escape sequence is cut. */
function read(directory, scene) {
    let output = readFileSync(join(directory, scene + ".out"));
    output = output.subarray(output.indexOf("\n") + 1); // "Script started on ..."
    const pieces = [];
    let [time, line] = [0, Buffer.alloc(0)];
    for (const entry of readFileSync(join(directory, scene + ".times"), "utf8").trim().split("\n")) {
        const [delay, count] = entry.split(" ").map(Number);
        time += delay;
        line = Buffer.concat([line, output.subarray(0, count)]);
        output = output.subarray(count);
        for (let end; (end = line.indexOf("\n") + 1) > 0; line = line.subarray(end))
            pieces.push({ time, text: line.subarray(0, end).toString() });
    }
    return [...pieces, { time, text: line.toString() }];
}

/** The whole session: its lines, and when each appears. */
function edit(directory) {
    const session = [];
    let now = 0;
    for (const [scene, command] of Object.entries(scenes)) {
        session.push({ runs: prompt(command), at: now });
        now += typing;
        let last = 0;
        for (const runs of parse(read(directory, scene))) {
            // A line that is rewritten appears when it is final, and none before the one above it.
            const time = Math.max(last, ...runs.map((run) => run.time));
            now += Math.max(shortestWait, Math.min(time - last, longestWait));
            last = time;
            session.push({ runs, at: now });
        }
        now += reading;
        session.push({ runs: [], at: now });
    }
    session.pop();
    return { session, length: now };
}

/** Steps of an animation, each held until the next: [seconds, pixels to move down]. */
function steps(name, length, moves) {
    const frames = moves.map(([at, pixels]) => `${((100 * at) / length).toFixed(3)}%{transform:translateY(${pixels}px)}`);
    return `@keyframes ${name}{${frames.join("")}}` +
        `.${name}{transform:translateY(${moves.at(-1)[1]}px);animation:${name} ${length.toFixed(1)}s step-end infinite}`;
}

function film({ session, length }) {
    const [width, height] = [2 * margin + columns * cellWidth, 2 * margin + rows * cellHeight];
    const shown = session.map(({ at }, row) => [at, row + 1]);
    // Everything is drawn, a sheet of paper hides what is not there yet, and the whole moves up where the screen ends.
    const sheet = shown.map(([at, count]) => [at, count * cellHeight]);
    const screen = shown.map(([at, count]) => [at, -Math.max(0, count - rows) * cellHeight]);
    return [
        open(width, height, Object.values(scenes).join(", ")),
        `<style>${steps("sheet", length, sheet)}${steps("screen", length, screen)}` +
            "@media (prefers-reduced-motion){.sheet,.screen{animation:none}}</style>",
        `<svg x="${margin}" y="${margin}" width="${width - 2 * margin}" height="${rows * cellHeight}"><g class="screen">`,
        ...draw(session.map(({ runs }) => runs), 0, 0),
        `<rect class="sheet" width="100%" height="${session.length * cellHeight}" fill="${paper}"/>`,
        "</g></svg>",
        "</svg>\n",
    ].join("\n");
}

const [program, ...others] = process.argv.slice(2);
if (!program || others.length > 0) {
    console.error("usage: eng/recording.mjs FILE, the packaged program");
    process.exit(2);
}
if (!existsSync(join(debian, "usr/sbin/chronyd"))) {
    console.error(`eng/recording.mjs: ${debian} is no Debian with chrony; see the first lines of this file`);
    process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), "heliograph-recording-"));
try {
    chmodSync(scratch, 0o755);
    const { status } = spawnSync(
        "unshare",
        ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", stage, "sh",
            debian, resolve(program), repository],
        { cwd: scratch, stdio: ["ignore", "inherit", "inherit"] });
    if (status !== 0)
        throw new Error(`the session ended with ${status}`);
    const write = (name, drawn) => writeFileSync(join(repository, "docs", "pictures", name + ".svg"), drawn);
    write("recording", film(edit(scratch)));
    for (const scene of ["init", "check"])
        write(scene, picture(scenes[scene], parse(read(scratch, scene))));
} finally {
    rmSync(scratch, { recursive: true });
}
