/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */
#include "CImageStore.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

struct cimagestore_gunzip {
    struct inflate_state state;
};

struct cimagestore_gunzip *cimagestore_gunzip_new(void) {
    struct cimagestore_gunzip *gunzip = malloc(sizeof *gunzip);
    if (gunzip) {
        isal_inflate_init(&gunzip->state);
        gunzip->state.crc_flag = ISAL_GZIP;
    }
    return gunzip;
}

void cimagestore_gunzip_free(struct cimagestore_gunzip *gunzip) {
    free(gunzip);
}

int cimagestore_gunzip_run(struct cimagestore_gunzip *gunzip, struct cimagestore_gunzip_io *io) {
    struct inflate_state *state = &gunzip->state;
    state->next_in = (uint8_t *)io->input;
    state->avail_in = io->input_count;
    state->next_out = io->output;
    state->avail_out = io->output_count;
    int result = isal_inflate(state);
    io->input = state->next_in;
    io->input_count = state->avail_in;
    io->output = state->next_out;
    io->output_count = state->avail_out;
    if (result != ISAL_DECOMP_OK && result != ISAL_END_INPUT && result != ISAL_OUT_OVERFLOW)
        return CIMAGESTORE_GUNZIP_DAMAGED;
    return state->block_state == ISAL_BLOCK_FINISH ? CIMAGESTORE_GUNZIP_ENDED : CIMAGESTORE_GUNZIP_GOES_ON;
}

void cimagestore_gunzip_begin_member(struct cimagestore_gunzip *gunzip) {
    isal_inflate_reset(&gunzip->state);
    gunzip->state.crc_flag = ISAL_GZIP;
}
