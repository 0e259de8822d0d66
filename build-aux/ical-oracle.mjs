// SPDX-License-Identifier: GPL-3.0-or-later
// Expands calendars by ical.js; started by make-ical-oracle: node ical-oracle.mjs FOLDER-OF-ICAL.JS CASES.JSON
// Prints "NAME<tab>INSTANCE INSTANCE..." for each; an instance is START/SECONDS/d or t, then what it says;
// "-" if there is none.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, casesPath] = process.argv.slice(2);
const { default: ICAL } = await import(pathToFileURL(`${folder}/dist/ical.js`));

const WORDS = ['status', 'transp', 'x-microsoft-cdo-busystatus'];
const MAX_INSTANCES = 20000;
const AFTERWARDS_S = 120 * 86400; // instances after the window may have been moved into it

// Floating times and dates are the owner's.
function toSeconds (time, ownerZone) {
  const zoned = time.clone();
  zoned.isDate = false;
  if (time.isDate || time.zone === ICAL.Timezone.localTimezone)
    zoned.zone = ownerZone;
  return zoned.toUnixTime();
}

function describe (start, end, item, ownerZone) {
  const startS = toSeconds(start, ownerZone);
  const endS = toSeconds(end, ownerZone);
  const instant = new Date(startS * 1000).toISOString().replace(/[-:]|\.000/g, '');
  const words = WORDS.filter(name => item.component.hasProperty(name))
    .map(name => `/${name.toUpperCase()}=${item.component.getFirstPropertyValue(name)}`);
  return { startS, endS, text: `${instant}/${endS - startS}/${start.isDate ? 'd' : 't'}${words.join('')}` };
}

// The events of each UID: masters and what has a RECURRENCE-ID.
function groupEvents (calendar) {
  const groups = new Map();
  for (const component of calendar.getAllSubcomponents('vevent')) {
    const uid = component.getFirstPropertyValue('uid') ?? groups.size;
    if (!groups.has(uid))
      groups.set(uid, { masters: [], exceptions: [] });
    const { masters, exceptions } = groups.get(uid);
    (component.hasProperty('recurrence-id') ? exceptions : masters).push(component);
  }
  return groups.values();
}

function expandEvent (event, ownerZone, toS, take) {
  if (!event.isRecurring()) {
    take(event.startDate, event.endDate, event);
    return;
  }
  const instances = event.iterator();
  for (let n = 0, next = instances.next(); next && n < MAX_INSTANCES; n++, next = instances.next()) {
    if (next instanceof ICAL.Period) { // an RDATE with a length of its own comes as it is
      take(next.start, next.getEnd(), event);
      continue;
    }
    if (toSeconds(next, ownerZone) > toS + AFTERWARDS_S)
      break;
    const { startDate, endDate, item } = event.getOccurrenceDetails(next);
    take(startDate, endDate, item);
  }
}

function expand ({ text, zone_text: zoneText, from_s: fromS, to_s: toS }) {
  const calendar = new ICAL.Component(ICAL.parse(text.replace(/^\uFEFF/, ''))); // ical.js takes no byte order mark
  ICAL.TimezoneService.reset();
  for (const definition of calendar.getAllSubcomponents('vtimezone'))
    ICAL.TimezoneService.register(new ICAL.Timezone(definition));
  const zones = new ICAL.Component(ICAL.parse(`BEGIN:VCALENDAR\r\n${zoneText}\r\nEND:VCALENDAR\r\n`));
  const ownerZone = new ICAL.Timezone(zones.getFirstSubcomponent('vtimezone'));

  const found = [];
  const take = (start, end, item) => {
    const instance = describe(start, end, item, ownerZone);
    if (instance.endS > fromS && instance.startS < toS)
      found.push(instance);
  };
  for (const { masters, exceptions } of groupEvents(calendar)) {
    for (const component of masters.length > 0 ? masters : exceptions)
      expandEvent(new ICAL.Event(component, { exceptions: masters.length > 0 ? exceptions : [] }), ownerZone, toS, take);
  }
  return found;
}

for (const one of JSON.parse(readFileSync(casesPath, 'utf8'))) {
  const found = expand(one).sort((a, b) => a.startS - b.startS || a.endS - b.endS);
  console.log(`${one.name}\t${found.map(instance => instance.text).join(' ') || '-'}`);
}
