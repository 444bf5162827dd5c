/* SPDX-License-Identifier: MIT */
/* What unit tests and fuzz targets include: cmocka, and the standard headers that it needs or that
 * they use most. */
#ifndef PB_TESTS_UNIT_H
#define PB_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#endif
