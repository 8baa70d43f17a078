/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* The stage's program for the architecture this library is built for: a whole static ELF file. */
#ifndef NESTBOX_STAGE_IMAGE_H
#define NESTBOX_STAGE_IMAGE_H

#include <stddef.h>

const unsigned char *nestbox_stage_image(void);
size_t nestbox_stage_size(void);

#endif
