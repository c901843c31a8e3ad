/* The json-file log of a container. A full disk loses lines, which are counted and reported; it never blocks. */
#include "cshim.h"
#include "internal.h"

/* The civil date of a day counted from 1970-01-01, Gregorian, without libc's time zones: those allocate memory. */
static void civil(long days, int fields[3]) {
    long shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    long day = shifted - era * 146097, year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    long of_year = day - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    fields[2] = (int)(of_year - (153 * month + 2) / 5 + 1);
    fields[1] = (int)(month < 10 ? month + 3 : month - 9);
    fields[0] = (int)(year + era * 400 + (fields[1] <= 2));
}

size_t cs_timestamp(char *text) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long second = now.tv_sec % 86400;
    int fields[6] = {0, 0, 0, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60)};
    civil(now.tv_sec / 86400, fields);
    const char *separators = "--T::";
    char *at = text;
    for (int i = 0; i < 6; i++) {
        for (int unit = i == 0 ? 1000 : 10; unit; unit /= 10) *at++ = (char)('0' + fields[i] / unit % 10);
        if (i < 5) *at++ = separators[i];
    }
    if (now.tv_nsec) {
        *at++ = '.';
        long rest = now.tv_nsec;
        for (long unit = 100000000; unit && rest; unit /= 10) *at++ = (char)('0' + rest / unit), rest %= unit;
    }
    *at++ = 'Z', *at = 0;
    return (size_t)(at - text);
}

void cs_log_open(struct cs_log *log, int directory, const char *name, uint64_t max_bytes, uint32_t max_files) {
    log->directory = directory, log->name = name, log->max_bytes = max_bytes, log->max_files = max_files ? max_files : 1;
    log->fd = name ? openat(directory, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640) : -1;
    struct stat status;
    if (log->fd >= 0 && fstat(log->fd, &status) == 0) log->size = (uint64_t)status.st_size;
}

static void numbered(const char *name, uint32_t number, char *out) {
    size_t size = strlen(name);
    memcpy(out, name, size);
    out[size] = 0;
    if (number) out[size] = '.', cs_decimal(out + size + 1, number);
}

/* name.N-1 → name.N … name → name.1; with one file it starts again at zero. */
static void rotate(struct cs_log *log) {
    if (log->max_files == 1) {
        if (ftruncate(log->fd, 0) == 0) log->size = 0;
        return;
    }
    char from[160], to[160];
    for (uint32_t number = log->max_files - 1; number > 0; number--) {
        numbered(log->name, number - 1, from), numbered(log->name, number, to);
        renameat(log->directory, from, log->directory, to);
    }
    int fd = openat(log->directory, log->name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd < 0) return; /* goes on in the renamed file: nothing is lost */
    close(log->fd);
    log->fd = fd, log->size = 0;
}

/* Length of the valid UTF-8 sequence at `at`, 0 when it is none. */
static size_t utf8(const unsigned char *at, size_t left) {
    unsigned char a = at[0];
    if (a < 0x80) return 1;
    size_t size = a >= 0xC2 && a < 0xE0 ? 2 : a >= 0xE0 && a < 0xF0 ? 3 : a >= 0xF0 && a < 0xF5 ? 4 : 0;
    if (!size || size > left) return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    if ((a == 0xE0 && at[1] < 0xA0) || (a == 0xED && at[1] > 0x9F) || (a == 0xF0 && at[1] < 0x90) || (a == 0xF4 && at[1] > 0x8F)) return 0;
    return size;
}

static size_t quote(char *out, const char *text, size_t size) {
    static const char hex[] = "0123456789abcdef";
    const unsigned char *in = (const unsigned char *)text;
    char *at = out;
    for (size_t i = 0; i < size;) {
        unsigned char c = in[i];
        size_t width = utf8(in + i, size - i);
        if (width == 0) {
            memcpy(at, "\\ufffd", 6), at += 6, i++;
        } else if (width > 1) {
            memcpy(at, in + i, width), at += width, i += width;
        } else {
            i++;
            if (c == '"' || c == '\\') *at++ = '\\', *at++ = (char)c;
            else if (c == '\n') *at++ = '\\', *at++ = 'n';
            else if (c == '\r') *at++ = '\\', *at++ = 'r';
            else if (c == '\t') *at++ = '\\', *at++ = 't';
            else if (c < 0x20 || c == '<' || c == '>' || c == '&') memcpy(at, "\\u00", 4), at += 4, *at++ = hex[c >> 4], *at++ = hex[c & 15];
            else *at++ = (char)c;
        }
    }
    return (size_t)(at - out);
}

static char *append(char *at, const char *text) {
    size_t size = strlen(text);
    memcpy(at, text, size);
    return at + size;
}

/* One record; a write that does not fit leaves no torn line behind. */
static void record(struct cs_log *log, int stream, const char *text, size_t size) {
    static char out[16384 * 6 + 128];
    char time[32], *at = append(out, "{\"log\":\"");
    cs_timestamp(time);
    at += quote(at, text, size);
    at = append(append(append(append(append(at, "\",\"stream\":\""), stream ? "stderr" : "stdout"), "\",\"time\":\""), time), "\"}\n");
    size_t total = (size_t)(at - out);
    if (log->max_bytes && log->size && log->size + total > log->max_bytes) rotate(log);
    ssize_t done = write(log->fd, out, total);
    if (done == (ssize_t)total) log->size += total;
    else {
        if (done > 0 && ftruncate(log->fd, (off_t)log->size) < 0) log->size += (uint64_t)done;
        log->lost_bytes += size;
    }
}

static void flush(struct cs_log *log, int stream, int ending) {
    if (!log->line[stream].used && !(ending && log->lost_bytes)) return;
    if (log->lost_bytes) {
        char text[96], number[24], *at = append(text, "[proa: ");
        uint64_t lost = log->lost_bytes;
        cs_decimal(number, (long)lost);
        at = append(append(at, number), " bytes of output were lost here: no space left for the log]\n");
        log->lost_bytes = 0;
        record(log, 1, text, (size_t)(at - text));
        if (log->lost_bytes) log->lost_bytes = lost;
    }
    if (log->line[stream].used) record(log, stream, log->line[stream].text, log->line[stream].used);
    log->line[stream].used = 0;
}

void cs_log_write(struct cs_log *log, int stream, const char *data, size_t size) {
    if (log->fd < 0) return;
    while (size) {
        const char *newline = memchr(data, '\n', size);
        size_t room = sizeof log->line[stream].text - log->line[stream].used;
        size_t take = newline ? (size_t)(newline - data) + 1 : size;
        if (take > room) take = room, newline = NULL;
        memcpy(log->line[stream].text + log->line[stream].used, data, take);
        log->line[stream].used += (uint32_t)take;
        data += take, size -= take;
        if (newline || log->line[stream].used == sizeof log->line[stream].text) flush(log, stream, 0);
    }
}

void cs_log_end(struct cs_log *log) {
    if (log->fd < 0) return;
    flush(log, 0, 1), flush(log, 1, 1);
}
