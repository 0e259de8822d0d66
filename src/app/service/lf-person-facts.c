/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-person-facts.h"
#include "lf-status-words.h"

static const char *const choice_names[] = { [LF_CHOICE_AUTOMATIC] = "automatic", [LF_CHOICE_AVAILABLE] = "available", [LF_CHOICE_AWAY] = "away" };

static void
add_text (GVariantBuilder *facts, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_builder_add (facts, "{sv}", name, g_variant_new_string (text));
}

static void
add_bool (GVariantBuilder *facts, const char *name, gboolean value)
{
  g_variant_builder_add (facts, "{sv}", name, g_variant_new_boolean (value));
}

static void
add_instant (GVariantBuilder *facts, const char *name, gint64 at_us)
{
  char text[LF_INSTANT_MAX_CHARS];

  if (at_us == LF_INSTANT_NONE)
    return;

  lf_instant_format (at_us, text);
  add_text (facts, name, text);
}

static void
add_who (GVariantBuilder *facts, LfClient *client, LfContact *contact)
{
  const char *const *addresses = lf_contact_get_addresses (contact);

  add_text (facts, "user", lf_contact_get_user (contact));
  add_text (facts, "login", lf_contact_get_login (contact));
  add_text (facts, "name", lf_contact_get_name (contact));
  add_text (facts, "title", lf_contact_get_title (contact));
  add_text (facts, "department", lf_contact_get_department (contact));
  add_text (facts, "mail", lf_contact_get_mail (contact));
  if (addresses != NULL)
    g_variant_builder_add (facts, "{sv}", "addresses", g_variant_new_strv (addresses, -1));
  add_bool (facts, "place", lf_contact_get_is_place (contact));
  add_bool (facts, "self", contact == lf_client_get_own (client));
  add_bool (facts, "contact", lf_roster_lookup (lf_client_get_roster (client), lf_contact_get_user (contact)) != NULL);
}

static void
add_status (GVariantBuilder *facts, LfClient *client, LfContact *contact)
{
  const LfResolved *resolved = lf_contact_get_resolved (contact);
  g_autofree char  *words = lf_status_words_format (resolved, lf_clock_get_now_us (lf_client_get_clock (client)));
  GVariantBuilder   stale;

  add_text (facts, "status", lf_display_status_to_name (resolved->status));
  add_text (facts, "text", words);
  add_text (facts, "kind", lf_kind_to_name (resolved->kind));
  add_instant (facts, "since", resolved->since_us);
  add_instant (facts, "until", resolved->until_us);
  add_text (facts, "note", resolved->note);
  add_text (facts, "emoji", resolved->note_emoji);
  add_instant (facts, "note_until", resolved->note_until_us);
  add_bool (facts, "free_to_talk", lf_resolved_is_free_to_talk (resolved));
  add_bool (facts, "signed_out", resolved->is_signed_out);

  g_variant_builder_init (&stale, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint kind = 0; kind < LF_N_KINDS; kind++)
    if ((resolved->stale & (1u << kind)) != 0)
      g_variant_builder_add (&stale, "s", lf_kind_to_name ((LfKind) kind));
  g_variant_builder_add (facts, "{sv}", "stale", g_variant_builder_end (&stale));

  if (lf_client_get_state (client) != LF_CLIENT_ONLINE && lf_client_get_as_of_us (client) != 0)
    add_instant (facts, "as_of", lf_client_get_as_of_us (client));
}

/**
 * lf_person_facts_new:
 * @client: whose contact it is
 * @contact: a person, resolved
 *
 * Says of a person what the window says, and no more. What is not known is left out; a status that is not known is
 * "unknown".
 *
 * Returns: (transfer floating): an `a{sv}`: name → value, described in docs/dbus.md
 */
GVariant *
lf_person_facts_new (LfClient *client, LfContact *contact)
{
  GVariantBuilder facts;

  g_return_val_if_fail (LF_IS_CLIENT (client) && LF_IS_CONTACT (contact), NULL);

  g_variant_builder_init (&facts, G_VARIANT_TYPE_VARDICT);
  add_who (&facts, client, contact);
  add_status (&facts, client, contact);

  return g_variant_builder_end (&facts);
}

/**
 * lf_person_facts_new_own:
 * @client: signed in: lf_client_get_me() is not %NULL
 *
 * Says of the user what colleagues see, and what the user has set.
 *
 * Returns: (transfer floating): an `a{sv}`: name → value, described in docs/dbus.md
 */
GVariant *
lf_person_facts_new_own (LfClient *client)
{
  const LfWireMe *me;
  LfContact      *own;
  GVariantBuilder facts;

  g_return_val_if_fail (LF_IS_CLIENT (client), NULL);

  me = lf_client_get_me (client);
  own = lf_client_get_own (client);
  g_return_val_if_fail (me != NULL, NULL);

  g_variant_builder_init (&facts, G_VARIANT_TYPE_VARDICT);
  if (own != NULL)
    {
      add_who (&facts, client, own);
      add_status (&facts, client, own);
    }
  add_text (&facts, "choice", choice_names[me->status.choice]);
  add_instant (&facts, "choice_until", me->status.expires_at_us);
  add_bool (&facts, "do_not_disturb", me->dnd.is_on);
  add_instant (&facts, "do_not_disturb_until", me->dnd.is_on ? me->dnd.expires_at_us : LF_INSTANT_NONE);
  add_bool (&facts, "invisible", me->visibility.is_invisible);

  return g_variant_builder_end (&facts);
}

/**
 * lf_person_facts_read_choice:
 * @name: what another program calls it
 * @choice: (out): untouched on failure
 *
 * Returns: %TRUE if there is a choice of that name
 */
gboolean
lf_person_facts_read_choice (const char *name, LfChoice *choice)
{
  for (guint i = 0; i < G_N_ELEMENTS (choice_names); i++)
    if (g_strcmp0 (name, choice_names[i]) == 0)
      {
        *choice = (LfChoice) i;
        return TRUE;
      }

  return FALSE;
}

/**
 * lf_person_facts_name_state:
 * @state: of the client
 *
 * Returns: (transfer none): its name on the bus
 */
const char *
lf_person_facts_name_state (LfClientState state)
{
  switch (state)
    {
    case LF_CLIENT_SIGNING_IN:
      return "signing_in";
    case LF_CLIENT_CONNECTING:
      return "connecting";
    case LF_CLIENT_ONLINE:
      return "online";
    case LF_CLIENT_RECONNECTING:
      return "reconnecting";
    case LF_CLIENT_SIGNED_OUT:
    default:
      return "signed_out";
    }
}
