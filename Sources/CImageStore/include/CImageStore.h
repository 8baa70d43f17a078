/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* The system calls that ImageStore needs and glibc gives no callable Swift form of. */
#ifndef NESTBOX_C_IMAGE_STORE_H
#define NESTBOX_C_IMAGE_STORE_H

#include <linux/openat2.h>
#include <stdint.h>
#include <sys/xattr.h>

/* openat2(2): glibc has no wrapper. Returns a descriptor, or -1 with errno set. */
int cimagestore_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

/* syncfs(2): glibc declares it only for _GNU_SOURCE, which Swift's view of glibc lacks. */
int cimagestore_syncfs(int descriptor);

/* The symbolic name of an errno value ("ENOENT"), or NULL for an unknown one. */
const char *cimagestore_errno_name(int error);

/* gzip's format by ISA-L, several times faster than zlib. Its state is a struct too large for Swift to look into. */
struct cimagestore_gunzip;

/* What is to be read and where to write; a run moves both on. */
struct cimagestore_gunzip_io {
    const uint8_t *input;
    uint32_t input_count;
    uint8_t *output;
    uint32_t output_count;
};

enum cimagestore_gunzip_result {
    CIMAGESTORE_GUNZIP_GOES_ON,
    /* The member has ended and its checksum is right. */
    CIMAGESTORE_GUNZIP_ENDED,
    CIMAGESTORE_GUNZIP_DAMAGED,
};

/* NULL if there is no memory. */
struct cimagestore_gunzip *cimagestore_gunzip_new(void);
void cimagestore_gunzip_free(struct cimagestore_gunzip *gunzip);

/* Decompresses as much as there is input and room for. */
int cimagestore_gunzip_run(struct cimagestore_gunzip *gunzip, struct cimagestore_gunzip_io *io);

/* Makes ready for a further member, which may follow one that has ended. */
void cimagestore_gunzip_begin_member(struct cimagestore_gunzip *gunzip);

#endif
