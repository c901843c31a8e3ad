/* A streaming decoder for gzip (RFC 1952, any number of members), zstd (RFC 8878, any number of frames), xz and bzip2 (any
 * number of streams). */
#ifndef CCOMPRESS_H
#define CCOMPRESS_H

#include <stddef.h>
#include <stdint.h>

#define CC_GZIP 1
#define CC_ZSTD 2
#define CC_XZ 3
#define CC_BZIP2 4

/* The bytes are not valid in their format. */
#define CC_CORRUPT (-1)
/* A checksum or length of the compressed stream is wrong. */
#define CC_CHECKSUM (-2)
/* The frame asks for a larger window, or the stream for more memory, than allowed. */
#define CC_WINDOW (-3)
#define CC_NOMEMORY (-4)

struct cc_decoder;

/* window_log_max: of zstd frames, as a power of two; xz may take that much memory and a few KiB more. portable: nonzero keeps gzip on zlib even where libisal is present.
 * NULL when there is no memory. The caller frees. */
struct cc_decoder *cc_decoder_new(int format, int window_log_max, int portable);
void cc_decoder_free(struct cc_decoder *decoder);

/* Decodes until the input is used up or the output is full, moving both pointers along.
 * To be called again while it fills the output. Returns 0 or a CC_ code, after which the decoder is spent. */
int cc_decode(struct cc_decoder *decoder, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size);

/* Nonzero when the input may end here: the last member or frame is complete, its checksum verified. */
int cc_complete(const struct cc_decoder *decoder);

/* Nonzero when gzip is decoded by libisal on this host. */
int cc_has_isal(void);

#include "ccompress_encoder.h"

#endif
