/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-core"

#include "config.h"

#include "lf-contact-private.h"

/* Who a contact is and where it stands in the roster: what can be asked of an LfContact. */

/**
 * lf_contact_get_user:
 * @self: a contact
 *
 * Returns: the user id
 */
const char *
lf_contact_get_user (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return self->user;
}

/**
 * lf_contact_get_name:
 * @self: a contact
 *
 * Returns: what to call the person: the name, or else the login, or else the user id
 */
const char *
lf_contact_get_name (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  if (self->name != NULL && *self->name != '\0')
    return self->name;
  return self->login != NULL && *self->login != '\0' ? self->login : self->user;
}

/**
 * lf_contact_get_login:
 * @self: a contact
 *
 * Returns: (nullable): the login name
 */
const char *
lf_contact_get_login (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return self->login;
}

/**
 * lf_contact_get_title:
 * @self: a contact
 *
 * Returns: (nullable): what the person does
 */
const char *
lf_contact_get_title (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return self->title;
}

/**
 * lf_contact_get_department:
 * @self: a contact
 *
 * Returns: (nullable): where the person works
 */
const char *
lf_contact_get_department (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return self->department;
}

/**
 * lf_contact_get_mail:
 * @self: a contact
 *
 * Returns: (nullable): the mail address
 */
const char *
lf_contact_get_mail (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return self->mail;
}

/**
 * lf_contact_get_addresses:
 * @self: a contact
 *
 * Returns: (array zero-terminated=1): URIs to call, best first; empty, never %NULL
 */
const char *const *
lf_contact_get_addresses (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return (const char *const *) self->addresses;
}

/**
 * lf_contact_get_group:
 * @self: a contact
 *
 * Returns: (nullable): id of the group
 */
const char *
lf_contact_get_group (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), NULL);

  return self->group;
}

/**
 * lf_contact_get_is_place:
 * @self: a contact
 *
 * Returns: %TRUE if it is a room or a desk with a telephone: it can be called, and nobody reads there
 */
gboolean
lf_contact_get_is_place (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  return self->is_place;
}

/**
 * lf_contact_get_is_favourite:
 * @self: a contact
 *
 * Returns: whether the user marked it as a favourite
 */
gboolean
lf_contact_get_is_favourite (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  return self->is_favourite;
}

/**
 * lf_contact_get_is_watched:
 * @self: a contact
 *
 * Returns: whether the user wants to be told each time the person becomes available
 */
gboolean
lf_contact_get_is_watched (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  return self->is_watched;
}

/**
 * lf_contact_get_is_armed:
 * @self: a contact
 *
 * Returns: whether a one-shot "tell me when free" is set
 */
gboolean
lf_contact_get_is_armed (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), FALSE);

  return self->is_armed;
}

/**
 * lf_contact_get_speed_dial:
 * @self: a contact
 *
 * Returns: position from 1, or 0 for none
 */
int
lf_contact_get_speed_dial (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), 0);

  return self->speed_dial;
}

/**
 * lf_contact_get_unread:
 * @self: a contact
 *
 * Returns: how many unread messages its conversation holds
 */
guint
lf_contact_get_unread (LfContact *self)
{
  g_return_val_if_fail (LF_IS_CONTACT (self), 0);

  return self->unread;
}
