# Sourced by eng/pictures.mjs and eng/recording.mjs: what the program needs around it, made in the current directory.

# authority NAME TITLE makes NAME-ca.pem; issue NAME SUBJECTALTNAME makes NAME.pem and NAME.key of it.
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=$2" \
        -keyout "$1-ca.key" -out "$1-ca.pem" 2> /dev/null
}
issue() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj / -keyout "$1.key" 2> /dev/null > "$1.csr"
    echo "subjectAltName=critical,$2" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$1-ca.pem" -CAkey "$1-ca.key" -days 90 -extfile "$1.ext" -out "$1.pem" 2> /dev/null
}

# signal_hosts FILE ADDRESS prints lines of /etc/hosts that lead all of Signal's hosts, from packaging/hosts.json, to it.
signal_hosts() { sed -n 's/^ *"\([a-z0-9.]*\.signal\.org\)",\{0,1\}$/'"$2"' \1/p' "$1"; }

# signal ADDRESS becomes one web server for all of Signal's hosts, on port 443.
signal() {
    authority signal 'Stand-in for Signal'; issue signal 'DNS:*.signal.org,DNS:*.chat.signal.org,DNS:*.voip.signal.org'
    # shellcheck disable=SC2016 # node's.
    exec node -e 'const pem = require("node:fs").readFileSync;
        require("node:tls").createServer({ cert: pem("signal.pem"), key: pem("signal.key"), ALPNProtocols: ["h2", "http/1.1"] })
            .on("tlsClientError", () => {}).listen(443, process.argv[1])' "$1"
}
