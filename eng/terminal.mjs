// Draws what a program printed on a terminal of 80 columns as SVG.

export const columns = 80;
export const [cellWidth, cellHeight, margin, fontSize] = [8.4, 18, 16, 14];
export const [paper, ink] = ["#1d1f21", "#d5d8d6"];
const bright = 8;
const palette = ["#1d1f21", "#cc6666", "#8fb66a", "#e0b85c", "#7ba3cc", "#b294bb", "#8abeb7", "#d5d8d6",
    "#6b6f72", "#e07f7f", "#b5d68f", "#f0d080", "#9fc2e6", "#cbb2d6", "#a6d8d0", "#ffffff"];

/**
 * What a terminal shows after these pieces of output, [{ time, text }]: lines of runs of characters that look alike,
 * [{ column, text, colour, ground, bold, dim, time }]. A piece holds escape sequences whole.
 */
export function parse(pieces) {
    const lines = [];
    let [row, column, style] = [0, 0, {}];
    const parts = pieces.flatMap(({ time, text }) =>
        text.split(/(\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r|\n)/).map((part) => ({ time, part })));
    for (const { time, part } of parts) {
        const [, codes, kind] = /^\x1b\[([0-9;]*)([A-Za-z])$/.exec(part) ?? [];
        if (part === "\n") row++;
        else if (part === "\r") column = 0;
        else if (kind === "m") style = restyle(style, codes.split(";").map(Number));
        // Progress output moves up and rewrites or erases its lines.
        else if (kind === "A") row -= Number(codes || 1);
        else if (kind === "K") lines[row] = [];
        else if (part && !part.startsWith("\x1b")) {
            for (let rest = [...part]; rest.length > 0;) {
                if (column === columns) [row, column] = [row + 1, 0];
                if (column === 0 || !lines[row]) lines[row] = [];
                const text = rest.splice(0, columns - column);
                lines[row].push({ column, text: text.join(""), time, ...style });
                column += text.length;
            }
        }
    }
    const all = Array.from(lines, (runs) => runs ?? []);
    while (all.at(-1)?.length === 0) all.pop();
    return all;
}

/** A picture of a command and its output. */
export function picture(command, lines) {
    const all = [prompt(command), ...lines];
    const [width, height] = [2 * margin + columns * cellWidth, 2 * margin + all.length * cellHeight];
    return [
        open(width, height, command),
        ...draw(all, margin, margin),
        "</svg>\n",
    ].join("\n");
}

/** The line on which a command was typed. */
export const prompt = (command) => [{ column: 0, text: "$ " + command, bold: true }];

/** The beginning of a picture: its size, font, title and paper. */
export const open = (width, height, title) => [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
        `font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}" ` +
        'shape-rendering="crispEdges">',
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
].join("\n");

/** The shapes of lines, from this corner on. */
export function draw(lines, x, y) {
    const shapes = [];
    const rectangle = (x, y, width, height, fill) =>
        shapes.push(`<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`);
    lines.forEach((runs, row) => {
        const top = y + row * cellHeight;
        for (const { column, text, colour = ink, ground, bold, dim } of runs) {
            const left = x + column * cellWidth;
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
    return shapes;
}

function round(number) {
    return Math.round(number * 100) / 100;
}

function escape(text) {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
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
