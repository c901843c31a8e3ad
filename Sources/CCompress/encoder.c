#include "ccompress.h"
#include "ccompress_encoder.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

struct cc_encoder {
    int format;
    z_stream zlib;
    ZSTD_CCtx *zstd;
};

static int open_gzip(struct cc_encoder *encoder, int level) {
    /* 15 bits of window, and 16 for gzip's header. */
    return deflateInit2(&encoder->zlib, level ? level : Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
}

static int open_zstd(struct cc_encoder *encoder, int level) {
    encoder->zstd = ZSTD_createCCtx();
    if (!encoder->zstd) return 0;
    return !ZSTD_isError(ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_compressionLevel, level ? level : ZSTD_CLEVEL_DEFAULT)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_checksumFlag, 1));
}

struct cc_encoder *cc_encoder_new(int format, int level) {
    struct cc_encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder) return NULL;
    encoder->format = format;
    if (format == CC_GZIP ? open_gzip(encoder, level) : open_zstd(encoder, level)) return encoder;
    cc_encoder_free(encoder);
    return NULL;
}

void cc_encoder_free(struct cc_encoder *encoder) {
    if (!encoder) return;
    if (encoder->format == CC_GZIP) deflateEnd(&encoder->zlib);
    ZSTD_freeCCtx(encoder->zstd);
    free(encoder);
}

static int encode_gzip(z_stream *stream, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size, int finish) {
    uInt give = *in_size > UINT_MAX ? UINT_MAX : (uInt)*in_size, room = *out_size > UINT_MAX ? UINT_MAX : (uInt)*out_size;
    stream->next_in = (Bytef *)(uintptr_t)*in, stream->avail_in = give;
    stream->next_out = *out, stream->avail_out = room;
    int result = deflate(stream, finish && give == *in_size ? Z_FINISH : Z_NO_FLUSH);
    size_t used = give - stream->avail_in, made = room - stream->avail_out;
    *in += used, *in_size -= used, *out += made, *out_size -= made;
    if (result == Z_STREAM_END) return 1;
    return result == Z_OK || result == Z_BUF_ERROR ? 0 : CC_CORRUPT;
}

static int encode_zstd(ZSTD_CCtx *context, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size, int finish) {
    ZSTD_inBuffer input = { *in, *in_size, 0 };
    ZSTD_outBuffer output = { *out, *out_size, 0 };
    size_t rest = ZSTD_compressStream2(context, &output, &input, finish ? ZSTD_e_end : ZSTD_e_continue);
    *in += input.pos, *in_size -= input.pos, *out += output.pos, *out_size -= output.pos;
    if (ZSTD_isError(rest)) return CC_NOMEMORY;
    return finish && rest == 0 && *in_size == 0;
}

int cc_encode(struct cc_encoder *encoder, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size, int finish) {
    return encoder->format == CC_GZIP ? encode_gzip(&encoder->zlib, in, in_size, out, out_size, finish)
                                      : encode_zstd(encoder->zstd, in, in_size, out, out_size, finish);
}
