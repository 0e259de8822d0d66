/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-raw.h"

G_BEGIN_DECLS

#define BLANK_UUID "11111111-2222-4333-8444-555555555555"

/* A server with three people; mara and jonas are signed in. */
typedef struct
{
  LfRig *rig;
  char  *mara; /* ids */
  char  *jonas;
  char  *priya;
  char  *mara_token;
  char  *jonas_token;
  char  *conversation; /* of mara and jonas, nullable until opened */
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer unused);
void fixture_tear_down (Fixture *fixture, gconstpointer unused);
/* "/contacts/{jonas}" → with the id; {mara}, {conv}, {uuid}, {long} (300 letters), too. */
char       *fill_in (Fixture *fixture, const char *text);
LfRawReply *call_as (Fixture *fixture, const char *token, const char *method, const char *path, const char *body);
LfRawReply *call (Fixture *fixture, const char *method, const char *path, const char *body); /* as mara */
void        call_status (Fixture *fixture, const char *token, const char *method, const char *path, const char *body, guint status);
gpointer    decode (const LfRawReply *reply, const LfSchema *schema);
void        open_conversation (Fixture *fixture); /* of mara and jonas */

#define ADD_ROUTE_TEST(path, function) g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

G_END_DECLS
