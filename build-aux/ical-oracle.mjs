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

// Floating times and dates are the owner's; the file defines the owner's zone by its name.
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

function expand ({ text, zone, from_s: fromS, to_s: toS }) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const definition of calendar.getAllSubcomponents('vtimezone'))
    ICAL.TimezoneService.register(new ICAL.Timezone(definition));
  const ownerZone = ICAL.TimezoneService.get(zone);
  const [master, ...others] = calendar.getAllSubcomponents('vevent');
  const event = new ICAL.Event(master, { exceptions: others });

  const found = [];
  const take = (start, end, item) => {
    const instance = describe(start, end, item, ownerZone);
    if (instance.endS > fromS && instance.startS < toS)
      found.push(instance);
  };
  if (!event.isRecurring()) {
    take(event.startDate, event.endDate, event);
    return found;
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
  return found;
}

for (const one of JSON.parse(readFileSync(casesPath, 'utf8'))) {
  const found = expand(one).sort((a, b) => a.startS - b.startS || a.endS - b.endS);
  console.log(`${one.name}\t${found.map(instance => instance.text).join(' ') || '-'}`);
}
