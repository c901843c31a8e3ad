/* The functions of libcurl that we call, filled by cc_load. Private to this target. */
#ifndef CCURL_TABLE_H
#define CCURL_TABLE_H

#include "ccurl.h"

struct cc_table {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    void (*easy_reset)(CURL *handle);
    void (*easy_cleanup)(CURL *handle);
    CURLcode (*easy_perform)(CURL *handle);
    const char *(*easy_strerror)(CURLcode code);
    CURLcode (*easy_setopt)(CURL *handle, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *handle, CURLINFO info, ...);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
};
extern struct cc_table cc_curl __attribute__((visibility("hidden")));

#endif
