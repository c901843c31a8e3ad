#include "ccompress.h"

#include <bzlib.h>
#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <lzma.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum codec { ISAL, ZLIB, ZSTD, XZ, BZIP2 };

/* Where we are in the header of a member (RFC 1952, 2.3). libisal has a parser too, but 2.30 fails on valid headers that
 * arrive in pieces. */
enum part { FIXED, EXTRA_SIZE, EXTRA, NAME, COMMENT, HEADER_CRC, DATA };
enum flag { F_CRC = 2, F_EXTRA = 4, F_NAME = 8, F_COMMENT = 16, F_RESERVED = 0xE0 };

struct header {
    enum part part;
    uint32_t at, extra_size, crc, sent_crc;
    uint8_t flags;
};

struct cc_decoder {
    enum codec codec;
    struct header header;
    /* Between members or frames: the input may end, or another one begins. */
    int complete;
    struct inflate_state *isal;
    z_stream zlib;
    ZSTD_DCtx *zstd;
    lzma_stream xz;
    uint64_t xz_memory_max;
    bz_stream bzip2;
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
        memset(decoder->isal, 0, sizeof *decoder->isal);
        isal.init(decoder->isal);
        decoder->isal->crc_flag = ISAL_GZIP_NO_HDR_VER;
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

static int open_xz(struct cc_decoder *decoder, uint64_t memory_max) {
    decoder->codec = XZ;
    decoder->xz_memory_max = memory_max;
    return lzma_stream_decoder(&decoder->xz, memory_max, 0) == LZMA_OK;
}

static int open_bzip2(struct cc_decoder *decoder) {
    decoder->codec = BZIP2;
    return BZ2_bzDecompressInit(&decoder->bzip2, 0, 0) == BZ_OK;
}

struct cc_decoder *cc_decoder_new(int format, int window_log_max, int portable) {
    struct cc_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    int opened = format == CC_GZIP   ? open_gzip(decoder, portable)
                 : format == CC_ZSTD ? open_zstd(decoder, window_log_max)
                 : format == CC_XZ   ? open_xz(decoder, (UINT64_C(1) << window_log_max) + (1 << 20))
                                     : open_bzip2(decoder);
    if (opened) return decoder;
    cc_decoder_free(decoder);
    return NULL;
}

void cc_decoder_free(struct cc_decoder *decoder) {
    if (!decoder) return;
    if (decoder->codec == ZLIB) inflateEnd(&decoder->zlib);
    if (decoder->codec == XZ) lzma_end(&decoder->xz);
    if (decoder->codec == BZIP2) BZ2_bzDecompressEnd(&decoder->bzip2);
    free(decoder->isal);
    ZSTD_freeDCtx(decoder->zstd);
    free(decoder);
}

static uint32_t clamp(size_t size) { return size > 1u << 30 ? 1u << 30 : (uint32_t)size; }

static void next_part(struct header *header, enum part part) { header->part = part, header->at = 0; }

/* Skips the parts that the flags do not announce. */
static void settle(struct header *header) {
    if (header->part == EXTRA_SIZE && !(header->flags & F_EXTRA)) next_part(header, NAME);
    if (header->part == EXTRA && header->extra_size == 0) next_part(header, NAME);
    if (header->part == NAME && !(header->flags & F_NAME)) next_part(header, COMMENT);
    if (header->part == COMMENT && !(header->flags & F_COMMENT)) next_part(header, HEADER_CRC);
    if (header->part == HEADER_CRC && !(header->flags & F_CRC)) next_part(header, DATA);
}

static int fixed_byte(struct header *header, uint8_t byte) {
    static const uint8_t magic[] = {0x1f, 0x8b, 8};
    if (header->at < 3 && byte != magic[header->at]) return CC_CORRUPT;
    if (header->at == 3) {
        if (byte & F_RESERVED) return CC_CORRUPT;
        header->flags = byte;
    }
    if (++header->at == 10) next_part(header, EXTRA_SIZE);
    return 0;
}

static int header_byte(struct header *header, uint8_t byte) {
    uint32_t crc = header->crc;
    header->crc = (uint32_t)crc32(crc, &byte, 1);
    switch (header->part) {
    case FIXED: return fixed_byte(header, byte);
    case EXTRA_SIZE:
        header->extra_size |= (uint32_t)byte << 8 * header->at;
        if (++header->at == 2) next_part(header, EXTRA);
        return 0;
    case EXTRA:
        if (++header->at == header->extra_size) next_part(header, NAME);
        return 0;
    case NAME:
        if (!byte) next_part(header, COMMENT);
        return 0;
    case COMMENT:
        if (!byte) next_part(header, HEADER_CRC);
        return 0;
    case HEADER_CRC:
        header->crc = crc;
        header->sent_crc |= (uint32_t)byte << 8 * header->at;
        if (++header->at == 2) next_part(header, DATA);
        return header->part != DATA || header->sent_crc == (crc & 0xffff) ? 0 : CC_CHECKSUM;
    case DATA: break;
    }
    return 0;
}

/* Reads as much of the header as there is. Returns the bytes used or a CC_ code. */
static int64_t read_header(struct header *header, const uint8_t *in, uint32_t in_size) {
    uint32_t used = 0;
    while (used < in_size && header->part != DATA) {
        int result = header_byte(header, in[used++]);
        if (result < 0) return result;
        settle(header);
    }
    return used;
}

static int step_isal(struct cc_decoder *decoder, const uint8_t *in, uint32_t *in_size, uint8_t *out, uint32_t *out_size) {
    struct inflate_state *state = decoder->isal;
    if (decoder->complete) {
        isal.reset(state);
        state->crc_flag = ISAL_GZIP_NO_HDR_VER;
        decoder->header = (struct header){0};
        decoder->complete = 0;
    }
    if (decoder->header.part != DATA) {
        int64_t used = read_header(&decoder->header, in, *in_size);
        *in_size = used < 0 ? 0 : (uint32_t)used, *out_size = 0;
        return used < 0 ? (int)used : 0;
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

static int step_xz(struct cc_decoder *decoder, const uint8_t *in, uint32_t *in_size, uint8_t *out, uint32_t *out_size) {
    lzma_stream *stream = &decoder->xz;
    if (decoder->complete) {
        /* Zeros may stand between two streams and behind the last one. */
        uint32_t zeros = 0;
        while (zeros < *in_size && !in[zeros]) zeros++;
        if (zeros) {
            *in_size = zeros, *out_size = 0;
            return 0;
        }
        if (!open_xz(decoder, decoder->xz_memory_max)) return CC_NOMEMORY;
        decoder->complete = 0;
    }
    stream->next_in = in, stream->avail_in = *in_size;
    stream->next_out = out, stream->avail_out = *out_size;
    lzma_ret result = lzma_code(stream, LZMA_RUN);
    *in_size -= (uint32_t)stream->avail_in, *out_size -= (uint32_t)stream->avail_out;
    if (result == LZMA_STREAM_END) decoder->complete = 1;
    switch (result) {
    case LZMA_OK:
    case LZMA_STREAM_END:
    case LZMA_BUF_ERROR: return 0;
    case LZMA_MEMLIMIT_ERROR: return CC_WINDOW;
    case LZMA_MEM_ERROR: return CC_NOMEMORY;
    default: return CC_CORRUPT;
    }
}

static int step_bzip2(struct cc_decoder *decoder, const uint8_t *in, uint32_t *in_size, uint8_t *out, uint32_t *out_size) {
    bz_stream *stream = &decoder->bzip2;
    if (decoder->complete) {
        BZ2_bzDecompressEnd(stream);
        *stream = (bz_stream){0};
        if (!open_bzip2(decoder)) return CC_NOMEMORY;
        decoder->complete = 0;
    }
    stream->next_in = (char *)(uintptr_t)in, stream->avail_in = *in_size;
    stream->next_out = (char *)out, stream->avail_out = *out_size;
    int result = BZ2_bzDecompress(stream);
    *in_size -= stream->avail_in, *out_size -= stream->avail_out;
    if (result == BZ_STREAM_END) decoder->complete = 1;
    else if (result == BZ_MEM_ERROR) return CC_NOMEMORY;
    else if (result != BZ_OK) return CC_CORRUPT;
    return 0;
}

static int step(struct cc_decoder *decoder, const uint8_t *in, uint32_t *in_size, uint8_t *out, uint32_t *out_size) {
    switch (decoder->codec) {
    case ISAL: return step_isal(decoder, in, in_size, out, out_size);
    case ZLIB: return step_zlib(decoder, in, in_size, out, out_size);
    case ZSTD: return step_zstd(decoder, in, in_size, out, out_size);
    case XZ: return step_xz(decoder, in, in_size, out, out_size);
    default: return step_bzip2(decoder, in, in_size, out, out_size);
    }
}

int cc_decode(struct cc_decoder *decoder, const uint8_t **in, size_t *in_size, uint8_t **out, size_t *out_size) {
    while (*out_size > 0) {
        /* Nothing to begin with: a decoder between two members must not open one that never comes. */
        if (*in_size == 0 && decoder->complete) return 0;
        uint32_t used = clamp(*in_size), made = clamp(*out_size);
        int result = step(decoder, *in, &used, *out, &made);
        *in += used, *in_size -= used, *out += made, *out_size -= made;
        if (result < 0) return result;
        if (used == 0 && made == 0) return *in_size == 0 ? 0 : CC_CORRUPT;
    }
    return 0;
}

int cc_complete(const struct cc_decoder *decoder) { return decoder->complete; }
