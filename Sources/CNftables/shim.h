// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#ifndef CNFTABLES_SHIM_H
#define CNFTABLES_SHIM_H

#include <nftables/libnftables.h>

#endif
