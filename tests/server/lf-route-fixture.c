/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-test"

#include "config.h"

#include <string.h>

#include "lf-route-fixture.h"

void
fixture_set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->rig = lf_rig_new ();
  fixture->mara = lf_rig_add_person (fixture->rig, "mara");
  fixture->jonas = lf_rig_add_person (fixture->rig, "jonas");
  fixture->priya = lf_rig_add_person (fixture->rig, "priya");
  lf_rig_add_contact (fixture->rig, fixture->mara, fixture->jonas);
  lf_rig_start (fixture->rig);
  fixture->mara_token = lf_rig_sign_in (fixture->rig, "mara");
  fixture->jonas_token = lf_rig_sign_in (fixture->rig, "jonas");
}

void
fixture_tear_down (Fixture *fixture, gconstpointer unused)
{
  g_free (fixture->mara);
  g_free (fixture->jonas);
  g_free (fixture->priya);
  g_free (fixture->mara_token);
  g_free (fixture->jonas_token);
  g_free (fixture->conversation);
  lf_rig_free (fixture->rig);
}

char *
fill_in (Fixture *fixture, const char *text)
{
  g_autoptr (GString) out = g_string_new (text);
  g_autofree char    *uuid = g_uuid_string_random ();
  g_autofree char    *long_text = g_strnfill (300, 'x');

  g_string_replace (out, "{mara}", fixture->mara, 0);
  g_string_replace (out, "{jonas}", fixture->jonas, 0);
  g_string_replace (out, "{conv}", fixture->conversation != NULL ? fixture->conversation : "none", 0);
  g_string_replace (out, "{uuid}", uuid, 0);
  g_string_replace (out, "{long}", long_text, 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

LfRawReply *
call_as (Fixture *fixture, const char *token, const char *method, const char *path, const char *body)
{
  g_autofree char *full_path = fill_in (fixture, path);
  g_autofree char *full_body = body != NULL ? fill_in (fixture, body) : NULL;

  return lf_raw_call (fixture->rig, method, full_path, token, full_body);
}

LfRawReply *
call (Fixture *fixture, const char *method, const char *path, const char *body)
{
  return call_as (fixture, fixture->mara_token, method, path, body);
}

void
call_status (Fixture *fixture, const char *token, const char *method, const char *path, const char *body, guint status)
{
  g_autoptr (LfRawReply) reply = call_as (fixture, token, method, path, body);

  if (reply->status != status)
    g_error ("%s %s answered %u, not %u: %s", method, path, reply->status, status, reply->body);
}

gpointer
decode (const LfRawReply *reply, const LfSchema *schema)
{
  g_autoptr (GError) error = NULL;
  gpointer           value = lf_codec_decode (schema, reply->body, strlen (reply->body), &lf_json_limits_reply, &error);

  g_assert_no_error (error);
  return value;
}

void
open_conversation (Fixture *fixture)
{
  g_autoptr (LfRawReply)         reply = call (fixture, "POST", "/conversations", "{\"members\":[\"{jonas}\"]}");
  g_autoptr (LfWireConversation) conversation = decode (reply, &lf_schema_conversation);

  g_assert_cmpuint (reply->status, ==, 201);
  fixture->conversation = g_strdup (conversation->id);
}
