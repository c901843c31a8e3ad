#define _GNU_SOURCE 1
#include "ccrypto.h"
#include <dlfcn.h>
#include <pthread.h>

/* The same in OpenSSL 1.1 and 3; declared here so that no header of either is needed. */
static struct {
    void *(*d2i_pubkey)(void **key, const unsigned char **bytes, long size);
    void (*pkey_free)(void *key);
    void *(*context_new)(void);
    void (*context_free)(void *context);
    const void *(*sha256)(void);
    int (*init)(void *context, void **inner, const void *digest, void *engine, void *key);
    int (*verify)(void *context, const unsigned char *signature, size_t signature_size, const unsigned char *message, size_t size);
    void (*clear_errors)(void);
} crypto;
static int load_result;
static pthread_once_t load_once = PTHREAD_ONCE_INIT;

static void load(void)
{
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libcrypto.so.1.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        load_result = -ENOENT;
        return;
    }
    const struct {
        void **slot;
        const char *name;
    } wanted[] = {
        { (void **)&crypto.d2i_pubkey, "d2i_PUBKEY" },          { (void **)&crypto.pkey_free, "EVP_PKEY_free" },
        { (void **)&crypto.context_new, "EVP_MD_CTX_new" },     { (void **)&crypto.context_free, "EVP_MD_CTX_free" },
        { (void **)&crypto.sha256, "EVP_sha256" },              { (void **)&crypto.init, "EVP_DigestVerifyInit" },
        { (void **)&crypto.verify, "EVP_DigestVerify" },        { (void **)&crypto.clear_errors, "ERR_clear_error" },
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        *wanted[i].slot = dlsym(library, wanted[i].name);
        if (!*wanted[i].slot) {
            load_result = -ENOENT;
            return;
        }
    }
}

int cc_verify_sha256(const uint8_t *key, size_t key_size, const uint8_t *message, size_t message_size, const uint8_t *signature,
                     size_t signature_size)
{
    pthread_once(&load_once, load);
    if (load_result) return load_result;
    const unsigned char *at = key;
    void *public = crypto.d2i_pubkey(NULL, &at, (long)key_size);
    if (!public || at != key + key_size) {
        if (public) crypto.pkey_free(public);
        crypto.clear_errors();
        return -EINVAL;
    }
    int result = -EINVAL;
    void *context = crypto.context_new();
    if (context && crypto.init(context, NULL, crypto.sha256(), NULL, public) == 1)
        result = crypto.verify(context, signature, signature_size, message, message_size) == 1 ? 0 : 1;
    if (context) crypto.context_free(context);
    crypto.pkey_free(public);
    crypto.clear_errors();
    return result;
}
