/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The rows of the tables in lf-wire.c and lf-frame.c; private to them. */

#include "lf-wire.h"

/* One row a member. T is the struct, m its C member, n the name on the wire; REQ stands for a
 * member that must be there. */
#define AT(T, m) G_STRUCT_OFFSET (T, m)
#define REQ      .is_required = TRUE
#define STRING(T, m, n, least, most, ...)                                                           \
  {                                                                                                 \
    .name = n, .kind = LF_FIELD_STRING, .offset = AT (T, m), .min = least, .max = most, __VA_ARGS__ \
  }
#define ID(T, m, n, ...)                                             \
  {                                                                  \
    .name = n, .kind = LF_FIELD_ID, .offset = AT (T, m), __VA_ARGS__ \
  }
#define INT(T, m, n, least, most, ...)                                                           \
  {                                                                                              \
    .name = n, .kind = LF_FIELD_INT, .offset = AT (T, m), .min = least, .max = most, __VA_ARGS__ \
  }
#define BOOL(T, m, n, ...)                                             \
  {                                                                    \
    .name = n, .kind = LF_FIELD_BOOL, .offset = AT (T, m), __VA_ARGS__ \
  }
#define INSTANT(T, m, n, ...)                                             \
  {                                                                       \
    .name = n, .kind = LF_FIELD_INSTANT, .offset = AT (T, m), __VA_ARGS__ \
  }
#define UNSENT(T, m)                                                 \
  {                                                                  \
    .name = "", .kind = LF_FIELD_UNSENT_INSTANT, .offset = AT (T, m) \
  }
#define ENUM(T, m, n, list, ...)                                                      \
  {                                                                                   \
    .name = n, .kind = LF_FIELD_ENUM, .offset = AT (T, m), .names = list, __VA_ARGS__ \
  }
#define STRUCT(T, m, n, inner, ...)                                                        \
  {                                                                                        \
    .name = n, .kind = LF_FIELD_STRUCT, .offset = AT (T, m), .schema = &inner, __VA_ARGS__ \
  }
#define OPTIONAL(T, m, n, inner)                                                \
  {                                                                             \
    .name = n, .kind = LF_FIELD_OPTIONAL, .offset = AT (T, m), .schema = &inner \
  }
#define LIST(T, m, n, inner, most, ...)                                                               \
  {                                                                                                   \
    .name = n, .kind = LF_FIELD_LIST, .offset = AT (T, m), .schema = &inner, .max = most, __VA_ARGS__ \
  }
#define STRV(T, m, n, most, ...)                                                    \
  {                                                                                 \
    .name = n, .kind = LF_FIELD_STRV, .offset = AT (T, m), .max = most, __VA_ARGS__ \
  }
#define END      \
  {              \
    .name = NULL \
  }
#define SCHEMA(symbol, words, T, rows) const LfSchema symbol = { words, sizeof (T), rows }

#define COUNT_MAX G_GINT64_CONSTANT (9007199254740991) /* 2^53 - 1 */
#define NO_LIMIT  G_MAXINT                             /* lists bounded by the limits of the strict check */

static const char *const choice_names[] = { "automatic", "available", "away", NULL };
