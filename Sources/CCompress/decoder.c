#include "ccompress.h"

#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum codec { ISAL, ZLIB, ZSTD };

struct cc_decoder {
    enum codec codec;
    /* Between members or frames: the input may end, or another one begins. */
    int complete;
    struct inflate_state *isal;
    z_stream zlib;
    ZSTD_DCtx *zstd;
};

static struct {
    void (*init)(struct inflate_state *);
    void (*reset)(struct inflate_state *);
    int (*inflate)(struct inflate_state *);
} isal;
static pthread_once_t isal_once = PTHREAD_ONCE_INIT;

static void isal_load(void) {
    void *library = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    isal.init = (void (*)(struct inflate_state *))dlsym(library, "isal_inflate_init");
    isal.reset = (void (*)(struct inflate_state *))dlsym(library, "isal_inflate_reset");
    isal.inflate = (int (*)(struct inflate_state *))dlsym(library, "isal_inflate");
    if (!isal.init || !isal.reset) isal.inflate = NULL;
}

int cc_has_isal(void) {
    pthread_once(&isal_once, isal_load);
    return isal.inflate != NULL;
}

static int open_gzip(struct cc_decoder *decoder, int portable) {
    if (!portable && cc_has_isal() && (decoder->isal = malloc(sizeof *decoder->isal))) {
        decoder->codec = ISAL;
        isal.init(decoder->isal);
        decoder->isal->crc_flag = ISAL_GZIP;
        return 1;
    }
    decoder->codec = ZLIB;
    return inflateInit2(&decoder->zlib, 16 + MAX_WBITS) == Z_OK;
}

static int open_zstd(struct cc_decoder *decoder, int window_log_max) {
    decoder->codec = ZSTD;
    decoder->zstd = ZSTD_createDCtx();
    return decoder->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(decoder->zstd, ZSTD_d_windowLogMax, window_log_max));
}

struct cc_decoder *cc_decoder_new(int format, int window_log_max, int portable) {
    struct cc_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    int opened = format == CC_GZIP ? open_gzip(decoder, portable) : open_zstd(decoder, window_log_max);
    if (opened) return decoder;
    cc_decoder_free(decoder);
    return NULL;
}

void cc_decoder_free(struct cc_decoder *decoder) {
    if (!decoder) return;
    if (decoder->codec == ZLIB) inflateEnd(&decoder->zlib);
    free(decoder->isal);
    ZSTD_freeDCtx(decoder->zstd);
    free(decoder);
}

static uint32_t clamp(size_t size) { return size > 1u << 30 ? 1u << 30 : (uint32_t)size; }

static int step_isal(struct cc_decoder *decoder, const uint8_t *in, uint32_t *in_size, uint8_t *out, uint32_t *out_size) {
    struct inflate_state *state = decoder->isal;
    if (decoder->complete) {
        isal.reset(state);
        state->crc_flag = ISAL_GZIP;
        decoder->complete = 0;
    }
    state->next_in = (uint8_t *)(uintptr_t)in, state->avail_in = *in_size;
    state->next_out = out, state->avail_out = *out_size;
    int result = isal.inflate(state);
    *in_size -= state->avail_in, *out_size -= state->avail_out;
    if (result == ISAL_INCORRECT_CHECKSUM) return CC_CHECKSUM;
    if (result < 0 || result == ISAL_NEED_DICT) return CC_CORRUPT;
    decoder->complete = state->block_state == ISAL_BLOCK_FINISH;
    return 0;
}

static int step_zlib(struct cc_decoder *decoder, const uint8_t *in, uint32_t *in_size, uint8_t *out, uint32_t *out_size) {
    z_stream *stream = &decoder->zlib;
    if (decoder->complete) {
        if (inflateReset(stream) != Z_OK) return CC_CORRUPT;
        decoder->complete = 0;
    }
    stream->next_in = (uint8_t *)(uintptr_t)in, stream->avail_in = *in_size;
    stream->next_out = out, stream->avail_out = *out_size;
    int result = inflate(stream, Z_NO_FLUSH);
    *in_size -= stream->avail_in, *out_size -= stream->avail_out;
    if (result == Z_STREAM_END) decoder->complete = 1;
    else if (result == Z_MEM_ERROR) return CC_NOMEMORY;
    else if (result != Z_OK && result != Z_BUF_ERROR) return CC_CORRUPT;
    return 0;
}

static int step_zstd(struct cc_decoder *decoder, const uint8_t *in, uint32_t *in_size, uint8_t *out, uint32_t *out_size) {
    ZSTD_inBuffer source = {in, *in_size, 0};
    ZSTD_outBuffer sink = {out, *out_size, 0};
    size_t result = ZSTD_decompressStream(decoder->zstd, &sink, &source);
    *in_size = (uint32_t)source.pos, *out_size = (uint32_t)sink.pos;
    if (!ZSTD_isError(result)) {
        decoder->complete = result == 0;
        return 0;
    }
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_frameParameter_windowTooLarge: return CC_WINDOW;
    case ZSTD_error_checksum_wrong: return CC_CHECKSUM;
    case ZSTD_error_memory_allocation: return CC_NOMEMORY;
    default: return CC_CORRUPT;
    }
}

int cc_decode(struct cc_decoder *decoder, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size) {
    while (*out_size > 0) {
        /* Nothing to begin with: a decoder between two members must not open one that never comes. */
        if (*in_size == 0 && decoder->complete) return 0;
        uint32_t used = clamp(*in_size), made = clamp(*out_size);
        int result = decoder->codec == ISAL   ? step_isal(decoder, *in, &used, *out, &made)
                     : decoder->codec == ZLIB ? step_zlib(decoder, *in, &used, *out, &made)
                                              : step_zstd(decoder, *in, &used, *out, &made);
        *in += used, *in_size -= used, *out += made, *out_size -= made;
        if (result < 0) return result;
        if (used == 0 && made == 0) return *in_size == 0 ? 0 : CC_CORRUPT;
    }
    return 0;
}

int cc_complete(const struct cc_decoder *decoder) { return decoder->complete; }
