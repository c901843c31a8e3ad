/* Who is attached to a container. A slow reader costs disk, a gone one nothing; neither stops the container. */
#include "monitor.h"

static const off_t SPILL_MAX = (off_t)1 << 30;

void cs_close_input(void) {
    if (cs_monitor.launch->tty || cs_monitor.input < 0) return;
    close(cs_monitor.input);
    cs_monitor.input = -1, cs_monitor.pending_used = 0;
    /* The keeper holds the pipe as well; the container sees the end only when both have let go. */
    if (cs_monitor.keeper >= 0) (void)!write(cs_monitor.keeper, "c", 1);
}

static void drop(struct client *client) {
    if (client->want & 1 && cs_monitor.launch->stdin_once && cs_monitor.pending_used == 0) cs_close_input();
    else if (client->want & 1 && cs_monitor.launch->stdin_once) cs_monitor.launch->open_stdin = 2; /* closed when drained */
    close(client->fd);
    if (client->spill >= 0) close(client->spill);
    *client = (struct client){.fd = -1, .spill = -1};
}

static int spill_append(struct client *client, const void *data, size_t size) {
    if (client->spill < 0) client->spill = openat(cs_monitor.launch->container_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (client->spill < 0) return -1;
    if (pwrite(client->spill, data, size, client->spill_write) != (ssize_t)size) return -1;
    client->spill_write += (off_t)size;
    return 0;
}

/* Sends or keeps one frame. A client that cannot be served is dropped; only the creator may hold the streams back,
 * and that happens before reading (see `cs_held_back`). */
void cs_send_frame(struct client *client, char type, const void *payload, uint32_t size) {
    unsigned char header[5] = {(unsigned char)type};
    put32(header + 1, size);
    size_t done = 0;
    if (client->spill_read == client->spill_write) {
        struct iovec parts[2] = {{header, 5}, {(void *)(uintptr_t)payload, size}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t sent = sendmsg(client->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            drop(client);
            return;
        }
        done = sent < 0 ? 0 : (size_t)sent;
    }
    if (done < 5 && spill_append(client, header + done, 5 - done) < 0) {
        drop(client);
        return;
    }
    size_t from = done > 5 ? done - 5 : 0;
    if (from < size && spill_append(client, (const char *)payload + from, size - from) < 0) drop(client);
}

void cs_drain_spill(struct client *client) {
    static char buffer[CHUNK];
    while (client->spill_read < client->spill_write) {
        ssize_t count = pread(client->spill, buffer, sizeof buffer, client->spill_read);
        if (count <= 0) {
            drop(client);
            return;
        }
        ssize_t sent = send(client->fd, buffer, (size_t)count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN) drop(client);
            return;
        }
        client->spill_read += sent;
    }
    if (ftruncate(client->spill, 0) == 0) client->spill_read = client->spill_write = 0;
}

void cs_broadcast(char type, const void *payload, uint32_t size, int want) {
    for (struct client *client = cs_monitor.clients; client < cs_monitor.clients + CLIENTS_MAX; client++) {
        if (client->fd < 0 || (want && !(client->want & want))) continue;
        if (!client->creator && client->spill_write - client->spill_read > SPILL_MAX) drop(client);
        else cs_send_frame(client, type, payload, size);
    }
}

/* True while the creator of a foreground container has more to read than we keep for it: then its pipe pushes back,
 * as pipes do, instead of losing output. */
int cs_held_back(void) {
    for (struct client *client = cs_monitor.clients; client < cs_monitor.clients + CLIENTS_MAX; client++)
        if (client->fd >= 0 && client->creator && client->spill_write - client->spill_read > SPILL_MAX) return 1;
    return 0;
}

void cs_accept_client(void) {
    int fd = cs_accept_own(cs_monitor.listener, SOCK_NONBLOCK);
    if (fd < 0) return;
    for (struct client *client = cs_monitor.clients; client < cs_monitor.clients + CLIENTS_MAX; client++)
        if (client->fd < 0) {
            *client = (struct client){.fd = fd, .spill = -1};
            return;
        }
    close(fd);
}

/* The payload of a short frame is complete in `data`. */
static void take_frame(struct client *client, const unsigned char *data, uint32_t size) {
    switch (client->header[0]) {
    case CS_FRAME_WANT:
        if (size == 1) client->want = data[0];
        break;
    case CS_FRAME_STDIN_END:
        if (cs_monitor.pending_used) cs_monitor.launch->open_stdin = 2;
        else cs_close_input();
        break;
    case CS_FRAME_SIZE:
        if (size == 4 && cs_monitor.launch->tty && cs_monitor.input >= 0)
            cs_set_terminal_size(cs_monitor.input, (unsigned short)(data[0] | data[1] << 8), (unsigned short)(data[2] | data[3] << 8));
        break;
    case CS_FRAME_REMOVED:
        cs_monitor.launch->auto_remove = 0;
        /* The keeper ends when the mounts are down; whoever waits for our end of the stream knows that they are. */
        if (cs_monitor.ended && cs_monitor.other > 0) waitpid(cs_monitor.other, NULL, 0);
        shutdown(client->fd, SHUT_WR);
        break;
    default: break;
    }
}

void cs_write_input(void) {
    while (cs_monitor.pending_used && cs_monitor.input >= 0) {
        ssize_t count = write(cs_monitor.input, cs_monitor.pending, cs_monitor.pending_used);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count < 0) {
            cs_close_input();
            cs_monitor.pending_used = 0;
            return;
        }
        cs_monitor.pending_used -= (uint32_t)count;
        memmove(cs_monitor.pending, cs_monitor.pending + count, cs_monitor.pending_used);
    }
    if (cs_monitor.launch->open_stdin == 2) cs_close_input();
}

void cs_read_client(struct client *client) {
    static unsigned char small[64];
    for (;;) {
        ssize_t count;
        if (client->header_have < 5) {
            count = recv(client->fd, client->header + client->header_have, 5 - client->header_have, MSG_DONTWAIT);
            if (count > 0) {
                client->header_have += (uint32_t)count;
                if (client->header_have < 5) continue;
                client->left = get32(client->header + 1);
                if (client->header[0] != CS_FRAME_STDIN && client->left > sizeof small) count = 0;
                else if (client->left == 0) {
                    client->header_have = 0;
                    take_frame(client, small, 0);
                    if (client->fd < 0) return;
                    continue;
                }
            }
        } else if (client->header[0] == CS_FRAME_STDIN) {
            uint32_t room = CHUNK - cs_monitor.pending_used;
            if (room == 0) return;
            count = recv(client->fd, cs_monitor.pending + cs_monitor.pending_used, client->left < room ? client->left : room, MSG_DONTWAIT);
            if (count > 0) {
                client->left -= (uint32_t)count;
                if (client->left == 0) client->header_have = 0;
                if (cs_monitor.input >= 0 && cs_monitor.launch->open_stdin) cs_monitor.pending_used += (uint32_t)count, cs_write_input();
            }
        } else {
            /* Senders write such frames in one piece; a socket of the same user is not worth an assembly buffer. */
            count = recv(client->fd, small, client->left, MSG_DONTWAIT | MSG_WAITALL);
            if (count > 0) {
                client->header_have = 0;
                if ((uint32_t)count == client->left) take_frame(client, small, client->left);
                else count = 0;
                if (client->fd < 0) return;
            }
        }
        if (count == 0) drop(client);
        if (count < 0 && errno != EAGAIN && errno != EINTR) drop(client);
        if (count <= 0) return;
    }
}
