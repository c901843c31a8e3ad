/* Between the C files of this target only. */
#ifndef CSHIM_INTERNAL_H
#define CSHIM_INTERNAL_H
#include "launch.h"

/* Decimal digits and a NUL; `text` has 24 bytes. */
void cs_decimal(char *text, long value);
/* Writes the id maps of `pid`; -1 with the outcome filled. */
int cs_write_maps(struct cs_launch *launch, pid_t pid, struct cs_outcome *outcome);
int cs_become_root(int mapped, int keep_groups);
/* Gives back the memory that a forked monitor does not need. Afterwards nothing may use the heap of the parent. */
void cs_shed_memory(void);

/* json-file log: docker's format, one JSON object a line. */
struct cs_log {
    int directory, fd;
    const char *name;
    uint64_t size, max_bytes, lost_bytes;
    uint32_t max_files;
    struct { uint32_t used; char text[16384]; } line[2];
};
void cs_log_open(struct cs_log *log, int directory, const char *name, uint64_t max_bytes, uint32_t max_files);
/* `stream` 0 is stdout, 1 stderr. Lines are written when complete, when 16 KiB long, and at `cs_log_end`. */
void cs_log_write(struct cs_log *log, int stream, const char *data, size_t size);
void cs_log_end(struct cs_log *log);
/* RFC 3339 with nanoseconds in UTC, trailing zeros of the fraction left out, as Go's RFC3339Nano. At most 31 bytes. */
size_t cs_timestamp(char *text);

#endif
