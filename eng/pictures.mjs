#!/usr/bin/env node
// Draws the terminal pictures of the README and the docs: runs the built program on a terminal of 80 columns and
// writes what it printed as docs/pictures/NAME.svg. Nothing is retouched. To add a picture, add a line to `pictures`.
//
//   eng/pictures.mjs           all of them
//   eng/pictures.mjs link      one
//
// It is the launcher's build, or the program that HELIOGRAPH_PROGRAM names.
// Needs root, Node.js and script (bsdutils): the program runs in a mount namespace with a copy of /etc, so that it may
// write to its usual places and leaves nothing there.
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const pictures = {
    demo: "heliograph demo",
    init: "heliograph init --domain proxy.example.org --offline",
    link: "heliograph link proxy.example.org",
};

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const program = process.env.HELIOGRAPH_PROGRAM ?? join(repository, "heliograph");
const columns = 80;
const [cellWidth, cellHeight, margin, fontSize] = [8.4, 18, 16, 14];
const [paper, ink] = ["#1d1f21", "#d5d8d6"];
const bright = 8;
const palette = ["#1d1f21", "#cc6666", "#8fb66a", "#e0b85c", "#7ba3cc", "#b294bb", "#8abeb7", "#d5d8d6",
    "#6b6f72", "#e07f7f", "#b5d68f", "#f0d080", "#9fc2e6", "#cbb2d6", "#a6d8d0", "#ffffff"];

/** What the program prints where it sees a terminal. */
function run(command) {
    const scratch = mkdtempSync(join(tmpdir(), "heliograph-pictures-"));
    try {
        mkdirSync(join(scratch, "bin"));
        symlinkSync(program, join(scratch, "bin", "heliograph"));
        const inside = `cp -a /etc "${scratch}/etc" && mount --bind "${scratch}/etc" /etc && cd "${scratch}" && exec script -qec 'stty cols ${columns} rows 60; ${command}' /dev/null`;
        const environment = { ...process.env, PATH: `${scratch}/bin:${process.env.PATH}`, TERM: "xterm-256color" };
        delete environment.NO_COLOR;
        return execFileSync("unshare", ["--mount", "sh", "-c", inside], { env: environment, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
    } finally {
        rmSync(scratch, { recursive: true });
    }
}

/** Lines of runs of characters that look alike: [{ column, text, colour, ground, bold, dim }]. */
function parse(output) {
    const lines = [];
    let style = {};
    for (const line of output.replaceAll("\r", "").replace(/\n+$/, "").split("\n")) {
        const runs = [];
        let column = 0;
        for (const part of line.split(/(\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>])/)) {
            const codes = /^\x1b\[([0-9;]*)m$/.exec(part);
            if (codes) {
                style = restyle(style, codes[1].split(";").map(Number));
            } else if (part && !part.startsWith("\x1b")) {
                runs.push({ column, text: part, ...style });
                column += [...part].length;
            }
        }
        lines.push(runs);
    }
    return lines;
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
    const channels = n >= 232 ? Array(3).fill(8 + 10 * (n - 232)) : [36, 6, 1].map((step) => Math.floor((n - 16) / step) % 6).map((level) => level && 55 + 40 * level);
    return "#" + channels.map((channel) => channel.toString(16).padStart(2, "0")).join("");
}

function draw(command, lines) {
    const shapes = [];
    const round = (number) => Math.round(number * 100) / 100;
    const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const rectangle = (x, y, width, height, fill) => shapes.push(`<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`);
    const all = [[{ column: 0, text: "$ " + command, bold: true }], ...lines];
    all.forEach((runs, row) => {
        const top = margin + row * cellHeight;
        for (const { column, text, colour = ink, ground, bold, dim } of runs) {
            const left = margin + column * cellWidth;
            if (ground) rectangle(left, top, [...text].length * cellWidth, cellHeight, ground);
            // Fonts leave gaps between block elements, and a QR code must have none.
            if (/^[█▀▄ ]+$/.test(text)) {
                [...text].forEach((character, i) => {
                    if (character !== " ") rectangle(left + i * cellWidth, character === "▄" ? top + cellHeight / 2 : top, cellWidth, character === "█" ? cellHeight : cellHeight / 2, colour);
                });
            } else {
                // Each group of words at its place: what draws an SVG need not keep spaces.
                for (const group of text.matchAll(/\S+(?: \S+)*/g)) {
                    const [at, length] = [left + [...text.slice(0, group.index)].length * cellWidth, [...group[0]].length * cellWidth];
                    shapes.push(`<text x="${round(at)}" y="${round(top + 13.5)}" textLength="${round(length)}" fill="${colour}"${bold ? ' font-weight="bold"' : ""}${dim ? ' opacity="0.65"' : ""}>${escape(group[0])}</text>`);
                }
            }
        }
    });
    const [width, height] = [2 * margin + columns * cellWidth, 2 * margin + all.length * cellHeight];
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}" shape-rendering="crispEdges">`,
        `<title>${escape(command)}</title>`,
        `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
        ...shapes,
        "</svg>\n",
    ].join("\n");
}

// The launcher builds first, where nobody draws it.
execFileSync(program, ["--version"], { stdio: "ignore" });
const wanted = process.argv.slice(2);
for (const name of wanted.filter((name) => !(name in pictures))) {
    console.error(`eng/pictures.mjs: there is no picture ${name}; there are: ${Object.keys(pictures).join(", ")}`);
    process.exit(2);
}
for (const [name, command] of Object.entries(pictures)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const file = join(repository, "docs", "pictures", name + ".svg");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, draw(command, parse(run(command))));
    console.log(file);
}
