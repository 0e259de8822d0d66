/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-log.h"
#include "lf-phone-lists.h"
#include "lf-phone-parts.h"
#include "lf-rlmi.h"

/* Versions (RFC 4662 section 5.2) rise by one within a subscription, as those of dialogs do: a full document that
 * is not older replaces all, a partial one must be the next. */

#define PATIENCE_US    (10 * LF_SECOND) /* for the first document of all lists; lines are asked for singly then */
#define TELL_BAD_EVERY 1000

typedef struct
{
  LfPhoneLists   *lists; /* borrowed: owns this */
  char           *uri;
  LfSubscription *subscription; /* owned */
  GHashTable     *keys;         /* owned: of the lines that are on it */
  guint           version;
  gboolean        has_version;
  gboolean        is_settled; /* it has told who is on it, or will not */
} List;

struct _LfPhoneLists
{
  LfClock                 *clock;  /* borrowed */
  const LfPhoneConfig     *config; /* borrowed */
  LfPhoneTurns            *turns;  /* borrowed */
  const LfPhoneListsFuncs *funcs;
  gpointer                 user_data;
  GPtrArray               *lists; /* List, owned */
  guint                    patience;
  guint64                  n_bad;
  gboolean                 is_late;
};

static LfEventPackage
get_package (List *list)
{
  return lf_subscription_get_package (list->subscription);
}

static List *
find_list (LfPhoneLists *self, LfEventPackage package, const char *key)
{
  for (guint i = 0; key != NULL && i < self->lists->len; i++)
    {
      List *list = self->lists->pdata[i];

      if (get_package (list) == package && g_hash_table_contains (list->keys, key))
        return list;
    }
  return NULL;
}

/* Nothing is known by this list any more, and nothing more is waited for. */
static void
give_up (List *list)
{
  LfPhoneLists  *self = list->lists;
  GHashTableIter iter;
  const char    *key;

  g_hash_table_iter_init (&iter, list->keys);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    self->funcs->lost (self->user_data, get_package (list), key);
  g_hash_table_remove_all (list->keys);
  list->is_settled = TRUE;
  self->funcs->changed (self->user_data);
}

static void
tell_list (List *list, const char *words, const char *why)
{
  lf_log_event (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, words, "list", list->uri, "package", lf_event_package_get_name (get_package (list)),
                "why", why, NULL);
}

/* ---- news ---- */

static LfNotifyResult
take_bad (List *list, const GError *error)
{
  if (list->lists->n_bad++ % TELL_BAD_EVERY == 0)
    tell_list (list, "The PBX sent news of a list that cannot be read; the states stay", error->message);
  return LF_NOTIFY_BAD;
}

/* Who is not named by a full document is not on the list any more. */
static gboolean
drop_missing (List *list, GHashTable *named)
{
  LfPhoneLists  *self = list->lists;
  GHashTableIter iter;
  gboolean       is_changed = FALSE;
  const char    *key;

  g_hash_table_iter_init (&iter, list->keys);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    if (!g_hash_table_contains (named, key))
      {
        self->funcs->lost (self->user_data, get_package (list), key);
        g_hash_table_iter_remove (&iter);
        is_changed = TRUE;
      }
  return is_changed;
}

/* A line that is on two lists is told of by the first: their documents are counted apart. */
static gboolean
take_key (List *list, const char *key, const LfRlmiResource *resource)
{
  LfPhoneLists *self = list->lists;
  const List   *holder = find_list (self, get_package (list), key);

  if (!resource->is_over)
    return holder == NULL && g_hash_table_add (list->keys, g_strdup (key));
  if (holder != list)
    return FALSE;
  self->funcs->lost (self->user_data, get_package (list), key);
  return g_hash_table_remove (list->keys, key);
}

/* Keys first, then documents: the line whose own subscription has just ended takes the list's document. */
static LfNotifyResult
apply (List *list, const LfRlmi *rlmi, const LfPhoneParts *parts)
{
  LfPhoneLists          *self = list->lists;
  g_autoptr (GHashTable) named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean               is_changed = !list->is_settled;
  LfNotifyResult         result = LF_NOTIFY_TAKEN;

  for (guint i = 0; i < rlmi->resources->len; i++)
    {
      const LfRlmiResource *resource = rlmi->resources->pdata[i];
      char                 *key = lf_phone_config_make_peer (self->config, resource->uri);

      if (key == NULL)
        continue;
      is_changed |= take_key (list, key, resource);
      g_hash_table_insert (named, key, (gpointer) resource);
    }
  if (rlmi->is_full)
    is_changed |= drop_missing (list, named);
  list->is_settled = TRUE;
  if (is_changed)
    self->funcs->changed (self->user_data);

  for (guint i = 0; i < rlmi->resources->len; i++)
    {
      const LfRlmiResource *resource = rlmi->resources->pdata[i];
      const LfPhonePart    *part = resource->cid != NULL ? g_hash_table_lookup (parts->by_id, resource->cid) : NULL;
      g_autofree char      *key = part != NULL ? lf_phone_config_make_peer (self->config, resource->uri) : NULL;
      gsize                 length = 0;
      const char           *body = part != NULL ? g_bytes_get_data (part->body, &length) : NULL;

      if (key != NULL && g_hash_table_lookup (named, key) == resource && g_hash_table_contains (list->keys, key) &&
          self->funcs->document (self->user_data, get_package (list), key, part->content_type, body, length) == LF_NOTIFY_GAP)
        result = LF_NOTIFY_GAP;
    }
  return result;
}

static LfNotifyResult
take_list (List *list, const LfRlmi *rlmi, const LfPhoneParts *parts)
{
  if (list->has_version && rlmi->version < list->version)
    return LF_NOTIFY_OLD;
  if (!rlmi->is_full && (!list->has_version || rlmi->version != list->version + 1))
    return list->has_version && rlmi->version == list->version ? LF_NOTIFY_OLD : LF_NOTIFY_GAP;
  list->has_version = TRUE;
  list->version = rlmi->version;
  return apply (list, rlmi, parts);
}

static LfNotifyResult
on_notify (LfSubscription *subscription, const char *content_type, const char *body, gsize length, gpointer user_data)
{
  List                    *list = user_data;
  g_autoptr (GError)       error = NULL;
  g_autoptr (LfPhoneParts) parts = NULL;
  g_autoptr (LfRlmi)       rlmi = NULL;
  const LfPhonePart       *root;

  if (!lf_phone_parts_are (content_type))
    {
      if (!list->is_settled || g_hash_table_size (list->keys) > 0)
        tell_list (list, "The PBX sends no news of several lines for what should be a list; its lines are watched one by one", content_type);
      give_up (list);
      return LF_NOTIFY_TAKEN;
    }
  parts = lf_phone_parts_parse (content_type, body, length, &error);
  if (parts == NULL)
    return take_bad (list, error);
  root = lf_phone_parts_get_root (parts);
  rlmi = lf_rlmi_parse (g_bytes_get_data (root->body, NULL), g_bytes_get_size (root->body), &error);
  if (rlmi == NULL)
    return take_bad (list, error);
  return take_list (list, rlmi, parts);
}

/* ---- the subscription ---- */

static void
on_turn (LfSubscription *subscription, gpointer user_data)
{
  const List *list = user_data;

  lf_phone_turns_add (list->lists->turns, subscription);
}

static void
on_begun (LfSubscription *subscription, gpointer user_data)
{
  List          *list = user_data;
  LfPhoneLists  *self = list->lists;
  GHashTableIter iter;
  const char    *key;

  list->has_version = FALSE;
  g_hash_table_iter_init (&iter, list->keys);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    self->funcs->begun (self->user_data, get_package (list), key);
}

static void
on_trouble (LfSubscription *subscription, LfSubscriptionTrouble trouble, gpointer user_data)
{
  List *list = user_data;

  switch (trouble)
    {
    case LF_SUBSCRIPTION_GONE:
    case LF_SUBSCRIPTION_UNANSWERED:
      break;
    case LF_SUBSCRIPTION_PASSWORD:
      give_up (list);
      break;
    case LF_SUBSCRIPTION_REFUSED:
      tell_list (list, "The PBX does not let the connector watch a list; its lines are watched one by one", NULL);
      give_up (list);
      return;
    case LF_SUBSCRIPTION_UNKNOWN:
      tell_list (list, "The PBX does not know a list; its lines are watched one by one", NULL);
      give_up (list);
      return;
    case LF_SUBSCRIPTION_UNSUPPORTED:
    default:
      tell_list (list, "The PBX has no lists, or not of this package; lines are watched one by one", NULL);
      give_up (list);
      return;
    }
  list->lists->funcs->trouble (list->lists->user_data, trouble);
}

static const LfSubscriptionFuncs list_funcs = { on_turn, on_begun, on_notify, on_trouble };

static gboolean
on_patience_over (gpointer user_data)
{
  LfPhoneLists *self = user_data;

  self->patience = 0;
  self->is_late = TRUE;
  self->funcs->changed (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
list_free (gpointer data)
{
  List *list = data;

  lf_phone_turns_remove (list->lists->turns, list->subscription);
  lf_subscription_free (list->subscription);
  g_hash_table_unref (list->keys);
  g_free (list->uri);
  g_free (list);
}

/**
 * lf_phone_lists_new:
 * @ua: the connector's user agent; outlives this
 * @clock: outlives this, too
 * @config: which lists there are; outlives this, too
 * @turns: outlive this, too
 * @funcs: what is told
 * @user_data: for @funcs
 *
 * Asks for the lists, each for every package, when their turn comes.
 *
 * Returns: (transfer full): lists of which nothing is known yet
 */
LfPhoneLists *
lf_phone_lists_new (LfPhoneUa *ua, LfClock *clock, const LfPhoneConfig *config, LfPhoneTurns *turns, const LfPhoneListsFuncs *funcs, gpointer user_data)
{
  LfPhoneLists *self = g_new0 (LfPhoneLists, 1);

  self->clock = clock;
  self->config = config;
  self->turns = turns;
  self->funcs = funcs;
  self->user_data = user_data;
  self->lists = g_ptr_array_new_with_free_func (list_free);
  for (guint i = 0; config->lists != NULL && config->lists[i] != NULL; i++)
    for (guint package = 0; package < LF_N_PACKAGES; package++)
      if ((config->packages & (1u << package)) != 0)
        {
          List *list = g_new0 (List, 1);

          list->lists = self;
          list->uri = g_strdup (config->lists[i]);
          list->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
          list->subscription = lf_subscription_new (ua, clock, list->uri, (LfEventPackage) package, config->expires_s, &list_funcs, list);
          lf_subscription_set_is_list (list->subscription);
          g_ptr_array_add (self->lists, list);
          lf_phone_turns_add (turns, list->subscription);
        }
  if (self->lists->len > 0)
    self->patience = lf_clock_call_after (clock, PATIENCE_US, on_patience_over, self);
  return self;
}

/**
 * lf_phone_lists_free:
 * @self: (transfer full) (nullable): lists
 *
 * Asks for them no more. Nothing is told.
 */
void
lf_phone_lists_free (LfPhoneLists *self)
{
  if (self == NULL)
    return;

  lf_clock_cancel (self->clock, &self->patience);
  g_ptr_array_unref (self->lists);
  g_free (self);
}

/**
 * lf_phone_lists_is_settled:
 * @self: lists
 * @package: of events
 *
 * Returns: whether it is known which lines are on a list for that package, as far as it will be
 */
gboolean
lf_phone_lists_is_settled (LfPhoneLists *self, LfEventPackage package)
{
  for (guint i = 0; i < self->lists->len && !self->is_late; i++)
    {
      List *list = self->lists->pdata[i];

      if (get_package (list) == package && !list->is_settled)
        return FALSE;
    }
  return TRUE;
}

/**
 * lf_phone_lists_has:
 * @self: lists
 * @package: of events
 * @key: (nullable): of a line
 *
 * Returns: whether the line is on a list for that package
 */
gboolean
lf_phone_lists_has (LfPhoneLists *self, LfEventPackage package, const char *key)
{
  return find_list (self, package, key) != NULL;
}

/**
 * lf_phone_lists_refresh:
 * @self: lists
 * @package: of events
 * @key: of a line that is on a list, and was not watched until now
 *
 * Has its state told once more.
 */
void
lf_phone_lists_refresh (LfPhoneLists *self, LfEventPackage package, const char *key)
{
  List *list = find_list (self, package, key);

  if (list != NULL)
    lf_subscription_refresh (list->subscription);
}

/**
 * lf_phone_lists_restart:
 * @self: lists
 *
 * Asks for all of them anew, in their turn.
 */
void
lf_phone_lists_restart (LfPhoneLists *self)
{
  for (guint i = 0; i < self->lists->len; i++)
    lf_subscription_restart (((List *) self->lists->pdata[i])->subscription);
}
