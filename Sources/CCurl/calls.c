#define _GNU_SOURCE 1
#include "ccurl.h"
#include "table.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

/* CURLOPT_PROTOCOLS: named by number, because newer headers warn about it and older libraries know nothing else. */
enum { OPTION_PROTOCOLS = 181, OPTION_REDIR_PROTOCOLS = 182, WEB = 1 /* http */ | 2 /* https */ };

CURL *cc_easy_init(void) { return cc_curl.easy_init(); }
void cc_easy_reset(CURL *handle) { cc_curl.easy_reset(handle); }
void cc_easy_cleanup(CURL *handle) { cc_curl.easy_cleanup(handle); }

/* CURLOPT_NOSIGNAL leaves SIGPIPE to us, and a TLS library may write(2) to a connection that is gone. */
int cc_easy_perform(CURL *handle)
{
    sigset_t pipe, before, pending;
    const struct timespec now = { 0, 0 };
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    int result = (int)cc_curl.easy_perform(handle);
    /* One of somebody else that was waiting before stays. */
    if (!sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&pipe, NULL, &now) == -1 && errno == EINTR) {}
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

const char *cc_easy_strerror(int code) { return cc_curl.easy_strerror((CURLcode)code); }

int cc_setopt_long(CURL *handle, CURLoption option, long value) { return (int)cc_curl.easy_setopt(handle, option, value); }
int cc_setopt_offset(CURL *handle, CURLoption option, int64_t value) { return (int)cc_curl.easy_setopt(handle, option, (curl_off_t)value); }
int cc_setopt_string(CURL *handle, CURLoption option, const char *value) { return (int)cc_curl.easy_setopt(handle, option, value); }
int cc_setopt_pointer(CURL *handle, CURLoption option, void *value) { return (int)cc_curl.easy_setopt(handle, option, value); }

int cc_setopt_web_only(CURL *handle)
{
    int result = (int)cc_curl.easy_setopt(handle, (CURLoption)OPTION_PROTOCOLS, (long)WEB);
    return result ? result : (int)cc_curl.easy_setopt(handle, (CURLoption)OPTION_REDIR_PROTOCOLS, (long)WEB);
}

int cc_setopt_body(CURL *handle, cc_data callback, void *context)
{
    int result = (int)cc_curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, callback);
    return result ? result : (int)cc_curl.easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

int cc_setopt_header(CURL *handle, cc_data callback, void *context)
{
    int result = (int)cc_curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, callback);
    return result ? result : (int)cc_curl.easy_setopt(handle, CURLOPT_HEADERDATA, context);
}

int cc_setopt_progress(CURL *handle, cc_progress callback, void *context)
{
    int result = (int)cc_curl.easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    if (!result) result = (int)cc_curl.easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
    return result ? result : (int)cc_curl.easy_setopt(handle, CURLOPT_XFERINFODATA, context);
}

int cc_setopt_upload(CURL *handle, int64_t size, cc_data read, cc_seek seek, void *context)
{
    int result = (int)cc_curl.easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    if (!result) result = (int)cc_curl.easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
    if (!result) result = (int)cc_curl.easy_setopt(handle, CURLOPT_READFUNCTION, read);
    if (!result) result = (int)cc_curl.easy_setopt(handle, CURLOPT_READDATA, context);
    if (!result) result = (int)cc_curl.easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek);
    return result ? result : (int)cc_curl.easy_setopt(handle, CURLOPT_SEEKDATA, context);
}

int cc_setopt_blob(CURL *handle, CURLoption option, const void *bytes, size_t count)
{
    struct curl_blob blob = { .data = (void *)(uintptr_t)bytes, .len = count, .flags = CURL_BLOB_COPY };
    return (int)cc_curl.easy_setopt(handle, option, &blob);
}

struct curl_slist *cc_slist_append(struct curl_slist *list, const char *text) { return cc_curl.slist_append(list, text); }
void cc_slist_free(struct curl_slist *list) { cc_curl.slist_free_all(list); }

long cc_getinfo_long(CURL *handle, CURLINFO info)
{
    long value = -1;
    return cc_curl.easy_getinfo(handle, info, &value) == CURLE_OK ? value : -1;
}
