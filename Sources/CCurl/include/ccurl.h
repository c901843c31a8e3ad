/* libcurl, opened on first use. Results are 0 or a positive CURLcode unless said otherwise. */
#ifndef CCURL_H
#define CCURL_H

#define CURL_DISABLE_TYPECHECK 1
#define CURL_DISABLE_DEPRECATION 1
#include <curl/curl.h>
#include <errno.h>
#include <stdint.h>

/* Opens libcurl.so.4 and initialises it, once per process; safe from any thread.
 * 0, -ENOENT when the library is not there, -ENOSYS when it lacks a function, -EIO when it cannot initialise. */
int cc_load(void);
/* The answer of cc_load when there is no libcurl. */
static inline int cc_missing(void) { return -ENOENT; }

/* Everything below needs a cc_load that answered 0. */
CURL *cc_easy_init(void);
/* Forgets all options; keeps the open connections. */
void cc_easy_reset(CURL *handle);
void cc_easy_cleanup(CURL *handle);
int cc_easy_perform(CURL *handle);
const char *cc_easy_strerror(int code);

int cc_setopt_long(CURL *handle, CURLoption option, long value);
int cc_setopt_offset(CURL *handle, CURLoption option, int64_t value);
/* libcurl copies the text. */
int cc_setopt_string(CURL *handle, CURLoption option, const char *value);
/* The caller keeps what `value` points to alive until the transfer is over. */
int cc_setopt_pointer(CURL *handle, CURLoption option, void *value);
/* http and https only, for every address. */
int cc_setopt_web_only(CURL *handle);

/* Called with a piece of the body or one header line; another result than `size * count` ends the transfer. */
typedef size_t (*cc_data)(char *data, size_t size, size_t count, void *context);
/* Called at least once a second; another result than 0 ends the transfer. */
typedef int (*cc_progress)(void *context, curl_off_t download_total, curl_off_t downloaded, curl_off_t upload_total, curl_off_t uploaded);
int cc_setopt_body(CURL *handle, cc_data callback, void *context);
int cc_setopt_header(CURL *handle, cc_data callback, void *context);
int cc_setopt_progress(CURL *handle, cc_progress callback, void *context);

/* Fills `data` with at most `size * count` bytes of the body; 0 ends it, CC_ABORT ends the transfer. */
enum { CC_ABORT = 0x10000000 };
/* Sets the place of the next byte, counted from the body's start; another result than 0 ends the transfer. */
typedef int (*cc_seek)(void *context, curl_off_t offset, int origin);
/* A body of `size` bytes that is read as it is sent. The method is PUT unless another is set. */
int cc_setopt_upload(CURL *handle, int64_t size, cc_data read, cc_seek seek, void *context);
/* libcurl copies the bytes. */
int cc_setopt_blob(CURL *handle, CURLoption option, const void *bytes, size_t count);

/* The first argument is a list or NULL; NULL is returned when memory is short, and the list is unchanged. */
struct curl_slist *cc_slist_append(struct curl_slist *list, const char *text);
void cc_slist_free(struct curl_slist *list);

/* -1 where libcurl does not know. */
long cc_getinfo_long(CURL *handle, CURLINFO info);

/* Which addresses may not be connected to, whatever name led to them. */
enum {
    /* 169.254/16, fe80::/10, multicast, broadcast: a cloud's metadata service, never a registry. */
    CC_REFUSE_LINK_LOCAL = 1,
    /* 127/8, ::1 and the unspecified addresses, which mean this host. */
    CC_REFUSE_LOOPBACK = 2,
};
struct cc_address_policy {
    unsigned int refuse;
    /* A port on loopback that is allowed all the same (the user's own proxy), or 0. */
    unsigned int proxy_port;
    /* Set to the CC_REFUSE_* bit when an address was refused. */
    unsigned int refused;
};
/* Installs the policy; `policy` must live until the transfer is over. */
int cc_setopt_policy(CURL *handle, struct cc_address_policy *policy);
/* The check itself: the CC_REFUSE_* bit that forbids the address, or 0. `bytes` are 4 (IPv4) or 16 (IPv6), network order. */
unsigned int cc_address_refused(const struct cc_address_policy *policy, const unsigned char *bytes, int count, unsigned int port);

#endif
