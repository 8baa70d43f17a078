/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */
/* Debian's isa-l.h includes everything; only inflation is used. */
#include <isa-l/igzip_lib.h>
