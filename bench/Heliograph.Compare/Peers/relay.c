/* The yardstick of the comparison: what ends TLS and copies bytes to one upstream, and does nothing else. No names, no limits, no
 * timeouts, no log: a relay that people can be given does more than this.
 *
 *   relay WORKERS MAX CERTIFICATE KEY LISTEN-PORT UPSTREAM-PORT [UPSTREAM-PORT ...]
 *
 * One epoll for each worker. A connection holds no buffer while both of its sides keep up; what one side does not take is kept, at
 * most PENDING bytes, and the other side is not read until it is gone. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PENDING (128 * 1024)
#define EVENTS 256

enum side { CLIENT, UPSTREAM };

struct pending {
    unsigned char *bytes;
    int from, to;
};

struct connection {
    SSL *ssl;
    int fd[2];
    struct pending to[2];        /* What waits to be written to each side. */
    unsigned char ended[2];      /* Each side has sent all that it will. */
    unsigned char told[2];       /* Each side knows that no more will come. */
    unsigned char accepted;
};

/* What is registered at epoll: which connection, and which of its sides. */
struct registration {
    struct connection *connection;
    enum side side;
};

static unsigned char buffer[PENDING];
static struct registration *registered;  /* By descriptor. */
static int most_descriptors;
static int epoll;
static SSL_CTX *context;
static struct sockaddr_in *upstreams;
static int upstream_count, next_upstream;

static void die(const char *what) {
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static void end(struct connection *c) {
    for (int side = 0; side < 2; side++) {
        if (c->fd[side] >= 0) {
            registered[c->fd[side]].connection = NULL;
            if (side == CLIENT && c->accepted)
                SSL_shutdown(c->ssl);
            close(c->fd[side]);
        }
        free(c->to[side].bytes);
    }
    SSL_free(c->ssl);
    free(c);
}

static int add(struct connection *c, enum side side, int fd) {
    if (fd >= most_descriptors)
        return -1;
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = fd };
    registered[fd] = (struct registration){ c, side };
    c->fd[side] = fd;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* Bytes; 0: the end; -1: later; -2: broken. */
static int receive(struct connection *c, enum side side) {
    if (side == UPSTREAM) {
        int n = recv(c->fd[side], buffer, sizeof buffer, 0);
        return n >= 0 ? n : errno == EAGAIN ? -1 : -2;
    }
    ERR_clear_error();
    int n = SSL_read(c->ssl, buffer, sizeof buffer);
    if (n > 0)
        return n;
    int error = SSL_get_error(c->ssl, n);
    return error == SSL_ERROR_ZERO_RETURN ? 0 : error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? -1 : -2;
}

static int transmit(struct connection *c, enum side side, const unsigned char *bytes, int length) {
    if (side == UPSTREAM) {
        int n = send(c->fd[side], bytes, length, MSG_NOSIGNAL);
        return n >= 0 ? n : errno == EAGAIN || errno == ENOTCONN ? -1 : -2;
    }
    ERR_clear_error();
    int n = SSL_write(c->ssl, bytes, length);
    if (n > 0)
        return n;
    int error = SSL_get_error(c->ssl, n);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? -1 : -2;
}

/* Writes what waits. 1: nothing waits any more. */
static int flush(struct connection *c, enum side side) {
    struct pending *p = &c->to[side];
    while (p->from < p->to) {
        int n = transmit(c, side, p->bytes + p->from, p->to - p->from);
        if (n < 0)
            return n == -1 ? 0 : -1;
        p->from += n;
    }
    free(p->bytes);
    *p = (struct pending){ 0 };
    return 1;
}

/* From one side to the other until one of them has to be waited for. -1: broken. */
static int pump(struct connection *c, enum side from) {
    enum side to = !from;
    int state;
    while ((state = flush(c, to)) == 1 && !c->ended[from]) {
        int n = receive(c, from);
        if (n == -1)
            return 0;
        if (n == -2)
            return -1;
        if (n == 0) {
            c->ended[from] = 1;
            break;
        }
        int sent = 0;
        while (sent < n) {
            int written = transmit(c, to, buffer + sent, n - sent);
            if (written == -2)
                return -1;
            if (written == -1)
                break;
            sent += written;
        }
        if (sent < n) {
            c->to[to].bytes = malloc(n - sent);
            if (!c->to[to].bytes)
                return -1;
            memcpy(c->to[to].bytes, buffer + sent, n - sent);
            c->to[to].to = n - sent;
        }
    }
    if (state < 0)
        return -1;
    if (state == 1 && c->ended[from] && !c->told[to]) {
        c->told[to] = 1;
        if (to == UPSTREAM)
            shutdown(c->fd[to], SHUT_WR);
        else
            SSL_shutdown(c->ssl);
    }
    return 0;
}

static int dial(struct connection *c) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    struct sockaddr_in *upstream = &upstreams[next_upstream++ % upstream_count];
    if (connect(fd, (struct sockaddr *)upstream, sizeof *upstream) != 0 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    if (add(c, UPSTREAM, fd) != 0) {
        if (c->fd[UPSTREAM] < 0)
            close(fd);
        return -1;
    }
    return 0;
}

static void serve(struct connection *c) {
    if (!c->accepted) {
        ERR_clear_error();
        int n = SSL_accept(c->ssl);
        if (n != 1) {
            int error = SSL_get_error(c->ssl, n);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
                end(c);
            return;
        }
        c->accepted = 1;
        if (dial(c) != 0) {
            end(c);
            return;
        }
    }
    if (pump(c, CLIENT) != 0 || pump(c, UPSTREAM) != 0 || (c->told[CLIENT] && c->told[UPSTREAM]))
        end(c);
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        struct connection *c = calloc(1, sizeof *c);
        if (!c) {
            close(fd);
            continue;
        }
        c->fd[CLIENT] = c->fd[UPSTREAM] = -1;
        c->ssl = SSL_new(context);
        if (!c->ssl || SSL_set_fd(c->ssl, fd) != 1 || add(c, CLIENT, fd) != 0) {
            if (c->fd[CLIENT] < 0)
                close(fd);
            end(c);
        }
    }
}

static void work(int port) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0
        || setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0
        || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0)
        die("listen");
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, events[EVENTS];
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0)
        die("epoll");
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        if (count < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener)
                accept_all(listener);
            else if (registered[fd].connection)
                serve(registered[fd].connection);
        }
    }
}

int main(int count, char **arguments) {
    if (count < 7)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    int workers = atoi(arguments[1]);
    /* Two descriptors for each connection, and a few for the process. */
    most_descriptors = 2 * atoi(arguments[2]) + 64;
    registered = calloc(most_descriptors, sizeof *registered);
    context = SSL_CTX_new(TLS_server_method());
    if (!registered || !context || SSL_CTX_use_certificate_chain_file(context, arguments[3]) != 1
        || SSL_CTX_use_PrivateKey_file(context, arguments[4], SSL_FILETYPE_PEM) != 1)
        die("TLS");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    upstream_count = count - 6;
    upstreams = calloc(upstream_count, sizeof *upstreams);
    if (!upstreams)
        die("upstreams");
    for (int i = 0; i < upstream_count; i++)
        upstreams[i] = (struct sockaddr_in){
            .sin_family = AF_INET, .sin_port = htons(atoi(arguments[6 + i])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
        };
    for (int i = 1; i < workers; i++) {
        int child = fork();
        if (child < 0)
            die("fork");
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            break;
        }
    }
    work(atoi(arguments[5]));
}
