/* Both ends of the network rows, static and without a library, so that every engine runs the same bytes.
 *
 *   netload sink PORT                                 takes what connections bring, and tells each how much it was
 *   netload pour HOST PORT SECONDS                    bytes per second to a sink
 *   netload http PORT                                 answers every request with 100 bytes
 *   netload get HOST PORT CONNECTIONS SECONDS keep|each   requests per second; each: one connection for each request
 *   netload dns NAME COUNT WINDOW                     answers per second of the name server in /etc/resolv.conf
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { connections_max = 1024, request_max = 4096 };
static char buffer[256 << 10];

static void fail(const char *what) {
    fprintf(stderr, "netload: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int listening(const char *port) {
    int socket_ = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(socket_, (struct sockaddr *)&address, sizeof address) || listen(socket_, 4096)) fail("listening");
    return socket_;
}

static struct sockaddr_in resolve(const char *host, const char *port) {
    struct addrinfo *found, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    double end = now() + 10;
    /* The server's name may come a moment after the server. */
    while (getaddrinfo(host, port, &hints, &found)) {
        if (now() > end) fail(host);
        usleep(50000);
    }
    return *(struct sockaddr_in *)found->ai_addr;
}

static int connected(const struct sockaddr_in *address) {
    int socket_ = socket(AF_INET, SOCK_STREAM, 0);
    if (socket_ < 0) fail("making a socket");
    if (connect(socket_, (const struct sockaddr *)address, sizeof *address) == 0) return socket_;
    close(socket_);
    return -1;
}

/* A connection that carries an answer: what forwards ports may accept before the server listens. */
static void wait_for(const struct sockaddr_in *address, const char *hello, size_t size) {
    double end = now() + 20;
    struct timeval patience = {.tv_sec = 2};
    while (now() < end) {
        int socket_ = connected(address);
        char byte;
        if (socket_ >= 0) {
            setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            if (write(socket_, hello, size) == (ssize_t)size && !shutdown(socket_, SHUT_WR) && read(socket_, &byte, 1) == 1) {
                close(socket_);
                return;
            }
            close(socket_);
        }
        usleep(20000);
    }
    errno = ETIMEDOUT;
    fail("waiting for the server");
}

static void sink(const char *port) {
    int listener = listening(port);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int socket_ = accept(listener, NULL, NULL);
        if (socket_ < 0) continue;
        if (fork() == 0) {
            uint64_t total = 0;
            ssize_t count;
            while ((count = read(socket_, buffer, sizeof buffer)) > 0) total += (uint64_t)count;
            exit(write(socket_, &total, sizeof total) != sizeof total);
        }
        close(socket_);
    }
}

static void pour(const char *host, const char *port, double seconds) {
    struct sockaddr_in address = resolve(host, port);
    wait_for(&address, "x", 1);
    int socket_ = connected(&address);
    if (socket_ < 0) fail("connecting");
    uint64_t sent = 0, taken = 0;
    double begin = now();
    while (now() < begin + seconds) {
        ssize_t count = write(socket_, buffer, sizeof buffer);
        if (count < 0) fail("sending");
        sent += (uint64_t)count;
    }
    shutdown(socket_, SHUT_WR);
    if (recv(socket_, &taken, sizeof taken, MSG_WAITALL) != sizeof taken || taken != sent) fail("the other side has not everything");
    printf("%.0f\n", (double)taken / (now() - begin));
}

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n"
                             "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

static void http(const char *port) {
    static struct { char text[request_max]; size_t size; } requests[connections_max * 4];
    int listener = listening(port), queue = epoll_create1(0);
    struct epoll_event ready[256], event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(queue, ready, 256, -1);
        for (int index = 0; index < count; index++) {
            int socket_ = ready[index].data.fd, yes = 1;
            if (socket_ == listener) {
                int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (client < 0) continue;
                if (client >= connections_max * 4) { close(client); continue; }
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                requests[client].size = 0;
                event = (struct epoll_event){.events = EPOLLIN, .data.fd = client};
                epoll_ctl(queue, EPOLL_CTL_ADD, client, &event);
                continue;
            }
            char *text = requests[socket_].text;
            size_t *size = &requests[socket_].size;
            ssize_t got = read(socket_, text + *size, request_max - 1 - *size);
            if (got < 0 && errno == EAGAIN) continue;
            if (got <= 0) { close(socket_); continue; }
            *size += (size_t)got;
            text[*size] = 0;
            if (!strstr(text, "\r\n\r\n")) continue;
            int is_last = strstr(text, "Connection: close") != NULL;
            *size = 0;
            if (write(socket_, answer, sizeof answer - 1) != sizeof answer - 1 || is_last) close(socket_);
        }
    }
}

/* Sends a request, on a new connection unless one is open. */
static int ask(int queue, int socket_, const struct sockaddr_in *address, const char *request) {
    struct epoll_event event = {.events = EPOLLIN};
    if (socket_ < 0) {
        int yes = 1;
        if ((socket_ = connected(address)) < 0) fail("connecting");
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        event.data.fd = socket_;
        epoll_ctl(queue, EPOLL_CTL_ADD, socket_, &event);
    }
    if (write(socket_, request, strlen(request)) != (ssize_t)strlen(request)) fail("asking");
    return socket_;
}

static void get(const char *host, const char *port, int connections, double seconds, int keep) {
    static size_t received[connections_max * 4];
    struct sockaddr_in address = resolve(host, port);
    const char *request = keep ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    wait_for(&address, request, strlen(request));
    int queue = epoll_create1(0);
    struct epoll_event ready[256];
    for (int index = 0; index < connections; index++) ask(queue, -1, &address, request);
    double begin = now(), end = begin + seconds;
    long answers = 0;
    while (now() < end) {
        int count = epoll_wait(queue, ready, 256, 2000);
        if (count == 0) { errno = ETIMEDOUT; fail("waiting for answers"); }
        for (int index = 0; index < count; index++) {
            int socket_ = ready[index].data.fd;
            ssize_t got = read(socket_, buffer, sizeof buffer);
            if (got < 0) fail("reading an answer");
            received[socket_] += (size_t)got;
            /* A connection for each request ends with the server's end of it. */
            int is_whole = received[socket_] == sizeof answer - 1;
            if (keep ? got == 0 : got == 0 && !is_whole) { errno = ECONNRESET; fail("an answer that is not whole"); }
            if (!is_whole || (!keep && got > 0)) continue;
            answers++;
            received[socket_] = 0;
            if (!keep) close(socket_);
            ask(queue, keep ? socket_ : -1, &address, request);
        }
    }
    printf("%.0f\n", (double)answers / (now() - begin));
}

static struct sockaddr_in name_server(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
    char line[512], text[64];
    FILE *file = fopen("/etc/resolv.conf", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "nameserver %63s", text) == 1 && inet_pton(AF_INET, text, &address.sin_addr) == 1) return address;
    errno = ENOENT;
    fail("a name server in /etc/resolv.conf");
    return address;
}

static size_t question(unsigned char *out, unsigned identifier, const char *name) {
    unsigned char head[12] = {(unsigned char)(identifier >> 8), (unsigned char)identifier, 1, 0, 0, 1};
    memcpy(out, head, sizeof head);
    size_t size = sizeof head;
    while (*name) {
        size_t length = strcspn(name, ".");
        out[size++] = (unsigned char)length;
        memcpy(out + size, name, length);
        size += length;
        name += length + (name[length] == '.');
    }
    memcpy(out + size, "\0\0\1\0\1", 5);
    return size + 5;
}

static void dns(const char *name, long total, long window) {
    struct sockaddr_in address = name_server();
    int socket_ = socket(AF_INET, SOCK_DGRAM, 0);
    if (strlen(name) > 200 || connect(socket_, (struct sockaddr *)&address, sizeof address)) fail("connecting");
    unsigned char message[512];
    long sent = 0, got = 0;
    double begin = now();
    while (got < total) {
        while (sent < total && sent - got < window) {
            size_t size = question(message, (unsigned)sent & 0xFFFF, name);
            if (send(socket_, message, size, 0) != (ssize_t)size) fail("asking");
            sent++;
        }
        struct pollfd wait = {.fd = socket_, .events = POLLIN};
        if (poll(&wait, 1, 3000) <= 0) { errno = ETIMEDOUT; fail("an answer was lost"); }
        ssize_t count;
        while ((count = recv(socket_, message, sizeof message, MSG_DONTWAIT)) > 0) {
            if (count < 12 || (message[3] & 15) || message[7] == 0) { errno = EPROTO; fail("an answer without an address"); }
            got++;
        }
    }
    printf("%.0f\n", (double)got / (now() - begin));
}

int main(int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 3 && !strcmp(words[1], "sink")) sink(words[2]);
    else if (count == 5 && !strcmp(words[1], "pour")) pour(words[2], words[3], atof(words[4]));
    else if (count == 3 && !strcmp(words[1], "http")) http(words[2]);
    else if (count == 7 && !strcmp(words[1], "get") && atoi(words[4]) <= connections_max)
        get(words[2], words[3], atoi(words[4]), atof(words[5]), !strcmp(words[6], "keep"));
    else if (count == 5 && !strcmp(words[1], "dns")) dns(words[2], atol(words[3]), atol(words[4]));
    else {
        fputs("netload: see its source\n", stderr);
        return 2;
    }
    return 0;
}
