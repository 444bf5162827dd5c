/* SPDX-License-Identifier: MIT */
#include "base/time.h"
