/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#include "nestbox_attributes.h"
#include "nestbox_bpf.h"
#include "nestbox_clone.h"
#include "nestbox_device.h"
#include "nestbox_events.h"
#include "nestbox_map.h"
#include "nestbox_mount.h"
#include "nestbox_namespace.h"
#include "nestbox_plan.h"
#include "nestbox_process.h"
#include "nestbox_signals.h"
#include "nestbox_stage.h"
#include "nestbox_syscall.h"
#include "nestbox_terminal.h"
#include "nestbox_time.h"
