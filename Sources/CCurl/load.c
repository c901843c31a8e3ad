#define _GNU_SOURCE 1
#include "ccurl.h"
#include "table.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

struct cc_table cc_curl;
static int load_result;
static pthread_once_t load_once = PTHREAD_ONCE_INIT;

static void load(void)
{
    /* Never closed: libcurl leaves threads and atexit handlers behind. */
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        load_result = -ENOENT;
        return;
    }
    const struct {
        void **slot;
        const char *name;
    } wanted[] = {
        { (void **)&cc_curl.global_init, "curl_global_init" },   { (void **)&cc_curl.easy_init, "curl_easy_init" },
        { (void **)&cc_curl.easy_reset, "curl_easy_reset" },     { (void **)&cc_curl.easy_cleanup, "curl_easy_cleanup" },
        { (void **)&cc_curl.easy_perform, "curl_easy_perform" }, { (void **)&cc_curl.easy_strerror, "curl_easy_strerror" },
        { (void **)&cc_curl.easy_setopt, "curl_easy_setopt" },   { (void **)&cc_curl.easy_getinfo, "curl_easy_getinfo" },
        { (void **)&cc_curl.slist_append, "curl_slist_append" }, { (void **)&cc_curl.slist_free_all, "curl_slist_free_all" },
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        *wanted[i].slot = dlsym(library, wanted[i].name);
        if (!*wanted[i].slot) {
            load_result = -ENOSYS;
            return;
        }
    }
    if (cc_curl.global_init(CURL_GLOBAL_ALL) != CURLE_OK) load_result = -EIO;
}

int cc_load(void)
{
    pthread_once(&load_once, load);
    return load_result;
}
