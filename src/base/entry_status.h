/* SPDX-License-Identifier: MIT */
#include "base/diagnostic.h"
