/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-ical"

#include "config.h"

#include <string.h>

#include <glib/gstdio.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "lf-ical-vtimezone.h"
#include "lf-ical-zone.h"

#define MAX_TZID_CHARS 255
#define MAX_IANA_CHARS 64
#define ZONE_FOLDER    "/usr/share/zoneinfo"

struct _LfIcalZone
{
  GTimeZone       *system; /* owned, nullable: one of the two is set */
  LfIcalVtimezone *custom; /* owned, nullable */
};

struct _LfIcalZones
{
  LfIcalIssues *issues;  /* borrowed from the caller */
  LfIcalZone   *owner;   /* owned */
  LfIcalZone   *utc;     /* owned */
  GHashTable   *by_id;   /* TZID → LfIcalZone, or NULL for one that is unknown */
  GHashTable   *defined; /* TZID → LfIcalVtimezone */
  GHashTable   *cache;   /* owned, nullable: IANA name → GTimeZone */
};

static LfIcalZone *
zone_new_system (GTimeZone *system)
{
  LfIcalZone *self = g_new0 (LfIcalZone, 1);

  self->system = system;
  return self;
}

static void
zone_free (LfIcalZone *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->system, g_time_zone_unref);
  g_clear_pointer (&self->custom, lf_ical_vtimezone_free);
  g_free (self);
}

/* Only what looks like an IANA name goes near the file system: segments of letters, digits, "_+-". */
static gboolean
looks_like_iana (const char *name)
{
  static const char *const not_zones[] = { "posixrules", "localtime", "Factory", "leapseconds" };

  if (!g_ascii_isalpha (*name) || strlen (name) > MAX_IANA_CHARS || strstr (name, "//") != NULL ||
      g_str_has_suffix (name, "/") || g_str_has_prefix (name, "posix/") || g_str_has_prefix (name, "right/"))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (not_zones); i++)
    {
      if (g_str_equal (name, not_zones[i]))
        return FALSE;
    }
  for (const char *at = name; *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at) && strchr ("_+-/", *at) == NULL)
        return FALSE;
    }
  return TRUE;
}

/* GTimeZone trusts what it finds in the zone folder, so its kind is looked at first. */
static gboolean
is_zone_file (const char *name)
{
  const char      *folder = g_getenv ("TZDIR");
  g_autofree char *path = g_build_filename (folder != NULL ? folder : ZONE_FOLDER, name, NULL);
  char             magic[4] = { 0 };
  FILE            *file;
  gboolean         is_zone;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  file = g_fopen (path, "rbe");
  if (file == NULL)
    return FALSE;
  is_zone = fread (magic, 1, sizeof magic, file) == sizeof magic && memcmp (magic, "TZif", sizeof magic) == 0;
  fclose (file);
  return is_zone;
}

/* @cache: (nullable): a zone costs a third of a millisecond to read. */
static GTimeZone *
open_iana (GHashTable *cache,
           const char *name)
{
  GTimeZone *zone = cache == NULL ? NULL : g_hash_table_lookup (cache, name);

  if (zone != NULL)
    return g_time_zone_ref (zone);
  if (!looks_like_iana (name) || !is_zone_file (name))
    return NULL;
  zone = g_time_zone_new_identifier (name);
  if (zone != NULL && cache != NULL)
    g_hash_table_insert (cache, g_strdup (name), g_time_zone_ref (zone));
  return zone;
}

/* "/freeassociation.sourceforge.net/Europe/Berlin", "/mozilla.org/20050126_1/America/Indiana/Knox" */
static GTimeZone *
open_tail (GHashTable *cache, const char *tzid)
{
  const char *slash = strchr (tzid, '/');

  for (; slash != NULL; slash = strchr (slash + 1, '/'))
    {
      /* a single word after the last slash says too little: ".../Eastern" */
      if (strchr (slash + 1, '/') != NULL)
        {
          GTimeZone *zone = open_iana (cache, slash + 1);

          if (zone != NULL)
            return zone;
        }
    }
  return NULL;
}

static GTimeZone *
open_by_utf16 (GHashTable *cache, const UChar *name, int32_t length)
{
  char       text[MAX_IANA_CHARS + 1];
  int32_t    n_bytes = 0;
  UErrorCode status = U_ZERO_ERROR;

  u_strToUTF8 (text, sizeof text, &n_bytes, name, length, &status);
  if (U_FAILURE (status) || status == U_STRING_NOT_TERMINATED_WARNING)
    return NULL;
  return open_iana (cache, text);
}

/* The same zone by another of its names: @canonical is ICU's, often an old one ("Asia/Calcutta"), and systems may have
 * only the new (Debian 13 keeps the old in a package of their own, tzdata-legacy). */
static GTimeZone *
open_canonical (GHashTable *cache, const UChar *canonical, int32_t length)
{
  GTimeZone    *zone = open_by_utf16 (cache, canonical, length);
  UErrorCode    status = U_ZERO_ERROR;
  UEnumeration *names = zone == NULL ? ucal_openTimeZones (&status) : NULL;
  const UChar  *name;
  int32_t       name_length;

  while (zone == NULL && names != NULL && (name = uenum_unext (names, &name_length, &status)) != NULL && U_SUCCESS (status))
    {
      UChar      other[MAX_IANA_CHARS + 1];
      UBool      is_system = FALSE;
      UErrorCode other_status = U_ZERO_ERROR;
      int32_t    other_length = ucal_getCanonicalTimeZoneID (name, name_length, other, G_N_ELEMENTS (other), &is_system, &other_status);

      if (U_SUCCESS (other_status) && other_length == length && u_memcmp (other, canonical, length) == 0)
        zone = open_by_utf16 (cache, name, name_length);
    }
  uenum_close (names);
  return zone;
}

/* Windows names ("W. Europe Standard Time"), and IANA names that this system has only under another name. */
static GTimeZone *
open_by_icu (GHashTable *cache, const char *tzid)
{
  UChar      name[MAX_TZID_CHARS + 1];
  UChar      found[MAX_IANA_CHARS + 1];
  int32_t    name_length = 0;
  int32_t    found_length;
  UBool      is_system = FALSE;
  UErrorCode status = U_ZERO_ERROR;

  u_strFromUTF8 (name, G_N_ELEMENTS (name), &name_length, tzid, -1, &status);
  if (U_FAILURE (status))
    return NULL;
  found_length = ucal_getTimeZoneIDForWindowsID (name, name_length, NULL, found, G_N_ELEMENTS (found), &status);
  if (U_SUCCESS (status) && found_length > 0)
    return open_canonical (cache, found, found_length);

  /* three-letter names of ICU's own ("IST", "CST") mean several places: not taken */
  if (strchr (tzid, '/') == NULL)
    return NULL;
  status = U_ZERO_ERROR;
  found_length = ucal_getCanonicalTimeZoneID (name, name_length, found, G_N_ELEMENTS (found), &is_system, &status);
  if (U_SUCCESS (status) && is_system && found_length > 0)
    return open_canonical (cache, found, found_length);
  return NULL;
}

/**
 * lf_ical_zone_is_known:
 * @name: a name of a zone, from a configuration
 *
 * Returns: %TRUE if it is an IANA name that this system knows
 */
gboolean
lf_ical_zone_is_known (const char *name)
{
  g_autoptr (GTimeZone) zone = NULL;

  g_return_val_if_fail (name != NULL, FALSE);

  zone = open_iana (NULL, name);
  return zone != NULL;
}

/**
 * lf_ical_zone_cache_new:
 *
 * Returns: (transfer full): a place where zones that were found stay, for who reads many calendars
 */
GHashTable *
lf_ical_zone_cache_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_time_zone_unref);
}

/**
 * lf_ical_zones_new:
 * @owner_zone: (nullable): IANA name of the owner's zone; %NULL, or an unknown one: this machine's
 * @issues: (transfer none): where to count what is wrong; must outlive the zones
 * @cache: (nullable): of lf_ical_zone_cache_new()
 *
 * Returns: (transfer full): zones
 */
LfIcalZones *
lf_ical_zones_new (const char   *owner_zone,
                   LfIcalIssues *issues,
                   GHashTable   *cache)
{
  LfIcalZones *self;
  GTimeZone   *owner = NULL;

  g_return_val_if_fail (issues != NULL, NULL);

  self = g_new0 (LfIcalZones, 1);
  self->issues = issues;
  self->cache = cache == NULL ? NULL : g_hash_table_ref (cache);
  if (owner_zone != NULL)
    owner = open_iana (cache, owner_zone);
  self->owner = zone_new_system (owner != NULL ? owner : g_time_zone_new_local ());
  self->utc = zone_new_system (g_time_zone_new_utc ());
  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) zone_free);
  self->defined = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) lf_ical_vtimezone_free);
  return self;
}

/**
 * lf_ical_zones_free:
 * @self: (transfer full): zones
 */
void
lf_ical_zones_free (LfIcalZones *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->defined);
  zone_free (self->owner);
  zone_free (self->utc);
  g_clear_pointer (&self->cache, g_hash_table_unref);
  g_free (self);
}

/**
 * lf_ical_zones_define:
 * @self: zones
 * @text: the lines of a VTIMEZONE; changed
 *
 * Takes over the calendar's own definition of a zone; the first of a name counts. To be done
 * before anything is looked up.
 */
void
lf_ical_zones_define (LfIcalZones *self,
                      char        *text)
{
  g_autoptr (LfIcalVtimezone) zone = NULL;
  char                       *id;

  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);

  if (g_hash_table_size (self->defined) < LF_ICAL_MAX_ZONES)
    zone = lf_ical_vtimezone_new (text);
  if (zone == NULL)
    {
      lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_BAD_ZONE);
      return;
    }
  id = (char *) lf_ical_vtimezone_get_id (zone);
  if (!g_hash_table_contains (self->defined, id))
    g_hash_table_insert (self->defined, id, g_steal_pointer (&zone));
}

/**
 * lf_ical_zones_get_owner:
 * @self: zones
 *
 * Returns: (transfer none): the zone of floating times and dates
 */
LfIcalZone *
lf_ical_zones_get_owner (LfIcalZones *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->owner;
}

/**
 * lf_ical_zones_get_utc:
 * @self: zones
 *
 * Returns: (transfer none): UTC
 */
LfIcalZone *
lf_ical_zones_get_utc (LfIcalZones *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->utc;
}

static LfIcalZone *
find_zone (LfIcalZones *self,
           const char  *tzid)
{
  GTimeZone       *system = open_iana (self->cache, tzid);
  LfIcalVtimezone *custom = NULL;
  char            *key = NULL;

  if (system == NULL && g_hash_table_steal_extended (self->defined, tzid, (gpointer *) &key, (gpointer *) &custom))
    {
      LfIcalZone *zone = g_new0 (LfIcalZone, 1);

      zone->custom = custom;
      return zone;
    }
  if (system == NULL)
    system = open_tail (self->cache, tzid);
  if (system == NULL)
    system = open_by_icu (self->cache, tzid);
  return system == NULL ? NULL : zone_new_system (system);
}

/**
 * lf_ical_zones_lookup:
 * @self: zones
 * @tzid: (nullable): TZID of a time; %NULL for a floating one
 *
 * Returns: (transfer none): its zone; the owner's for %NULL and for a name that nobody knows
 */
LfIcalZone *
lf_ical_zones_lookup (LfIcalZones *self,
                      const char  *tzid)
{
  LfIcalZone *zone = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (tzid == NULL || *tzid == '\0')
    return self->owner;
  if (!g_hash_table_lookup_extended (self->by_id, tzid, NULL, (gpointer *) &zone))
    {
      if (strlen (tzid) <= MAX_TZID_CHARS && g_hash_table_size (self->by_id) < LF_ICAL_MAX_ZONES)
        {
          zone = find_zone (self, tzid);
          g_hash_table_insert (self->by_id, g_strdup (tzid), zone);
        }
    }
  if (zone == NULL)
    lf_ical_issues_add (self->issues, LF_ICAL_ISSUE_UNKNOWN_ZONE);
  return zone != NULL ? zone : self->owner;
}

static int
get_offset_s (LfIcalZone *self,
              gint64      utc_s)
{
  int interval;

  if (self->custom != NULL)
    return lf_ical_vtimezone_get_offset (self->custom, utc_s);
  interval = g_time_zone_find_interval (self->system, G_TIME_TYPE_UNIVERSAL, utc_s);
  return g_time_zone_get_offset (self->system, interval);
}

/**
 * lf_ical_zone_to_utc_s:
 * @self: a zone
 * @civil_s: a reading of its wall clock
 *
 * A reading that comes twice, when the clock goes back, means the first. One that never comes,
 * when the clock goes forward, is taken with the offset from before the gap.
 *
 * Source: RFC 5545 section 3.3.5.
 *
 * Returns: the instant, seconds since 1970-01-01 UTC
 */
gint64
lf_ical_zone_to_utc_s (LfIcalZone *self,
                       gint64      civil_s)
{
  int    before_s;
  int    after_s;
  gint64 early_s;
  gint64 late_s;

  g_return_val_if_fail (self != NULL, civil_s);

  before_s = get_offset_s (self, civil_s - LF_ICAL_DAY_S);
  early_s = civil_s - before_s;
  if (get_offset_s (self, early_s) == before_s)
    return early_s;
  after_s = get_offset_s (self, civil_s + LF_ICAL_DAY_S);
  late_s = civil_s - after_s;
  return get_offset_s (self, late_s) == after_s ? late_s : early_s;
}

/**
 * lf_ical_zone_to_civil_s:
 * @self: a zone
 * @utc_s: an instant, seconds since 1970-01-01 UTC
 *
 * Returns: what its wall clock reads then
 */
gint64
lf_ical_zone_to_civil_s (LfIcalZone *self,
                         gint64      utc_s)
{
  g_return_val_if_fail (self != NULL, utc_s);

  return utc_s + get_offset_s (self, utc_s);
}
