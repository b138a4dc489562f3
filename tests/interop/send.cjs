// Writes events as a dormitory's system would send them: in each mode that the library knows, and signed.
"use strict";

const { readFileSync } = require("node:fs");
const { CloudEvent, HTTP } = require("cloudevents");
const { Webhook } = require("standardwebhooks");

const { secret, at, events } = JSON.parse(readFileSync(0, "utf8"));
const webhook = new Webhook(secret);
const when = new Date(at);

function messages(attributes) {
  const event = new CloudEvent(attributes);
  return { binary: HTTP.binary(event), structured: HTTP.structured(event), plain: event.toJSON() };
}

function signed({ plain }) {
  const body = JSON.stringify(plain);
  return { body, signature: webhook.sign(plain.id, when, body) };
}

const made = events.map(messages);
process.stdout.write(JSON.stringify(made.map((one) => ({ ...one, signed: signed(one) }))));
