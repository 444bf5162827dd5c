/* SPDX-License-Identifier: MIT */
#include "base/simd.h"
