/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-address.h"
#include "lf-store-calls.h"

G_BEGIN_DECLS

/**
 * LfAddressBook:
 *
 * Whose telephone it is: normal forms of addresses to people. Immutable; any thread may look.
 */
typedef struct _LfAddressBook LfAddressBook;

LfAddressBook *lf_address_book_new (const LfDialPlan *plan, const GPtrArray *rows); /* of LfAddressRow */
LfAddressBook *lf_address_book_ref (LfAddressBook *self);
void           lf_address_book_unref (LfAddressBook *self);
const char    *lf_address_book_find (LfAddressBook *self, const char *normal); /* nullable */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfAddressBook, lf_address_book_unref)

G_END_DECLS
