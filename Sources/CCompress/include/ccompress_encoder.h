/* A streaming encoder for gzip (RFC 1952) and zstd (RFC 8878). */
#ifndef CCOMPRESS_ENCODER_H
#define CCOMPRESS_ENCODER_H

#include <stddef.h>
#include <stdint.h>

struct cc_encoder;

/* format: CC_GZIP or CC_ZSTD. level: 1 to 9 and 1 to 20, 0 for the usual one. No time stands in the result: the same bytes
 * make the same bytes. NULL when there is no memory. The caller frees. */
struct cc_encoder *cc_encoder_new(int format, int level);
void cc_encoder_free(struct cc_encoder *encoder);

/* Encodes until the input is used up or the output is full, moving both pointers along. With `finish` set, to be called
 * until it returns 1: the stream is complete. Returns 0 or a CC_ code, after which the encoder is spent. */
int cc_encode(struct cc_encoder *encoder, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size, int finish);

#endif
