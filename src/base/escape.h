/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"
