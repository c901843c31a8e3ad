/* The state of a monitor, one a process: static, so that no allocator is ever touched. */
#ifndef CSHIM_MONITOR_H
#define CSHIM_MONITOR_H
#include "cshim.h"
#include "launch.h"
#include "internal.h"

enum { CLIENTS_MAX = 16, CHUNK = 16384 };

struct client {
    int fd, want, creator;
    unsigned char header[5];
    uint32_t header_have, left;
    /* What the client has not taken yet, in an unlinked file: a slow reader costs disk, not memory, and stops nobody. */
    int spill;
    off_t spill_read, spill_write;
};

struct monitor {
    struct cs_launch *launch;
    int keeper;              /* socket to the other process of the pair, -1 when it is gone */
    int input, output[2];    /* our ends of the container's streams; the pty master is input and output[0] */
    int listener, signals;
    pid_t init, other;
    int ended, status;
    char pending[CHUNK];     /* standard input the container has not taken yet */
    uint32_t pending_used;
    struct client clients[CLIENTS_MAX];
    struct cs_log log;
};

extern struct monitor cs_monitor;

static inline void put32(unsigned char *to, uint32_t value) {
    for (int i = 0; i < 4; i++) to[i] = (unsigned char)(value >> 8 * i);
}
static inline uint32_t get32(const unsigned char *from) { return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24; }
static inline void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

/* records.c */
char *cs_text_append(char *at, const char *text);
char *cs_number_append(char *at, long value);
int cs_record_start(void);
void cs_record_exit(void);
int cs_exit_code(int status);

/* clients.c */
void cs_close_input(void);
void cs_send_frame(struct client *client, char type, const void *payload, uint32_t size);
void cs_drain_spill(struct client *client);
void cs_broadcast(char type, const void *payload, uint32_t size, int want);
int cs_held_back(void);
void cs_accept_client(void);
void cs_write_input(void);
void cs_read_client(struct client *client);

/* monitor.c: serves until the container has ended and its record is written. */
_Noreturn void cs_serve(void);
void cs_reap(void);
#endif
