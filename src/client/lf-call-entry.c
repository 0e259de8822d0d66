/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-client"

#include "config.h"

#include "lf-call-entry.h"

struct _LfCallEntry
{
  GObject parent_instance;

  LfWireCallRecord *latest;  /* owned */
  LfContact        *contact; /* owned, nullable */
  guint             n_calls;
};

G_DEFINE_FINAL_TYPE (LfCallEntry, lf_call_entry, G_TYPE_OBJECT)

static void
lf_call_entry_finalize (GObject *object)
{
  LfCallEntry *self = LF_CALL_ENTRY (object);

  lf_codec_free (&lf_schema_call_record, self->latest);
  g_clear_object (&self->contact);
  G_OBJECT_CLASS (lf_call_entry_parent_class)->finalize (object);
}

static void
lf_call_entry_class_init (LfCallEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lf_call_entry_finalize;
}

static void
lf_call_entry_init (LfCallEntry *self)
{
}

/**
 * lf_call_entry_new:
 * @latest: the latest call; copied
 * @contact: (nullable): with whom, if it is a person who is known
 *
 * Returns: (transfer full): an entry of one call
 */
LfCallEntry *
lf_call_entry_new (const LfWireCallRecord *latest, LfContact *contact)
{
  LfCallEntry *self = g_object_new (LF_TYPE_CALL_ENTRY, NULL);

  self->latest = lf_codec_copy (&lf_schema_call_record, latest);
  g_set_object (&self->contact, contact);
  self->n_calls = 1;
  return self;
}

/**
 * lf_call_entry_count:
 * @self: an entry that nobody has seen yet
 *
 * Counts one more call.
 */
void
lf_call_entry_count (LfCallEntry *self)
{
  g_return_if_fail (LF_IS_CALL_ENTRY (self));

  self->n_calls++;
}

/**
 * lf_call_entry_get_contact:
 * @self: an entry
 *
 * Returns: (transfer none) (nullable): the person, with presence; %NULL for a number that is nobody's
 */
LfContact *
lf_call_entry_get_contact (LfCallEntry *self)
{
  g_return_val_if_fail (LF_IS_CALL_ENTRY (self), NULL);

  return self->contact;
}

/**
 * lf_call_entry_get_latest:
 * @self: an entry
 *
 * Returns: (transfer none): the latest of its calls
 */
const LfWireCallRecord *
lf_call_entry_get_latest (LfCallEntry *self)
{
  g_return_val_if_fail (LF_IS_CALL_ENTRY (self), NULL);

  return self->latest;
}

/**
 * lf_call_entry_get_name:
 * @self: an entry
 *
 * Returns: (transfer none) (nullable): the person's name, or what the telephone system says, or the number
 */
const char *
lf_call_entry_get_name (LfCallEntry *self)
{
  g_return_val_if_fail (LF_IS_CALL_ENTRY (self), NULL);

  if (self->contact != NULL)
    return lf_contact_get_name (self->contact);
  return self->latest->name != NULL ? self->latest->name : self->latest->address;
}

/**
 * lf_call_entry_get_n_calls:
 * @self: an entry
 *
 * Returns: how many calls it stands for
 */
guint
lf_call_entry_get_n_calls (LfCallEntry *self)
{
  g_return_val_if_fail (LF_IS_CALL_ENTRY (self), 0);

  return self->n_calls;
}
