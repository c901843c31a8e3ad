/* Signatures, checked by libcrypto, which is opened on first use. */
#ifndef CCRYPTO_H
#define CCRYPTO_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

/* Checks a signature over the SHA-256 of a message. `key` is a SubjectPublicKeyInfo in DER, `signature` is DER.
 * 0: it is right; 1: it is wrong; -ENOENT: there is no libcrypto; -EINVAL: the key cannot be used. Any thread. */
int cc_verify_sha256(const uint8_t *key, size_t key_size, const uint8_t *message, size_t message_size, const uint8_t *signature,
                     size_t signature_size);
/* The answer when there is no libcrypto. */
static inline int cc_no_crypto(void) { return -ENOENT; }

#endif
