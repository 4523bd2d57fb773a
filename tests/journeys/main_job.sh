#!/usr/bin/env bash
# The main job with nothing but curl and issue_api_key, against a running Beckon:
#   BASE=http://localhost:8000 MANAGE=".venv/bin/python manage.py" tests/journeys/main_job.sh
# Uses the demo logins. Every step says what it saw; the first wrong one ends the script with status 1.
set -euo pipefail
BASE=${BASE:-http://localhost:8000}
MANAGE=${MANAGE:-.venv/bin/python manage.py}
API=$BASE/api/v1
RUN=$(date +%s)-$$
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "WRONG: $*" >&2; echo "last answer: $status $(head -c 2000 "$work/body")" >&2; exit 1; }
key() { $MANAGE issue_api_key "$1" --name "journey $RUN"; }

# call KEY METHOD PATH [BODY] [IDEMPOTENCY-KEY]: the answer in $body, its status in $status
call() {
  local arguments=(-sS --max-time 30 -o "$work/body" -w '%{http_code}' -X "$2" -H "Authorization: Bearer $1")
  [ -z "${4:-}" ] || arguments+=(-H 'Content-Type: application/json' --data-binary "$4")
  [ -z "${5:-}" ] || arguments+=(-H "Idempotency-Key: $5")
  status=$(curl "${arguments[@]}" "$API/$3")
  body=$(cat "$work/body")
}
expect() { [ "$status" = "$1" ] || fail "$2: expected $1, got $status"; echo "ok  $2"; }
has() { grep -qF -- "$1" <<<"$body" || fail "$2: no $1"; echo "ok  $2"; }
hasnt() { ! grep -qiF -- "$1" <<<"$body" || fail "$2: found $1"; echo "ok  $2"; }
first() { grep -o "\"$1\":\"[^\"]*\"" <<<"$body" | head -1 | cut -d'"' -f4; }
# The id of the object in a list that holds text $1 before its next id; empty when there is none.
opportunity_of() { tr '{' '\n' <<<"$body" | sed -n "/\"rfp\":\"$1\"/s/.*\"id\":\"\([^\"]*\)\".*/\1/p" | head -1; }
# The same of the holder of key $1, awaited for 10 s.
await_opportunity() {
  local found=""
  for _ in $(seq 40); do
    call "$1" GET opportunities/
    found=$(opportunity_of "$2")
    [ -z "$found" ] || break
    sleep 0.25
  done
  [ -n "$found" ] || fail "no opportunity within 10 s"
  echo "$found"
}
# A list inside the answer, by its name: everything from "name":[ to the end, cut at the first "]" on the level.
part() { sed "s/.*\"$1\":\[/[/" <<<"$body"; }

customer=$(key customer@demo.example)
supplier=$(key supplier@demo.example)
rival=$(key rival@demo.example)
outsider=$(key outsider@demo.example)
echo "ok  four keys issued"

# 1. Values in the data store
street="12 Quillwright Close $RUN, Edinburgh EH1 1AA"
for pair in "home.address|\"$street\"" "energy.kwh_per_year|3412" "contact.phone|\"+44 131 496 0123\""; do
  field=${pair%%|*} value=${pair#*|}
  call "$customer" POST data-store/values/ "{\"field\": \"$field\", \"value\": $value}"
  [ "$status" != 409 ] || call "$customer" PATCH "data-store/values/$field/" "{\"value\": $value}"
  [[ "$status" =~ ^20[01]$ ]] || fail "keep $field: $status"
done
echo "ok  values kept"

# 2. What the two suppliers want to hear about
for who in "$supplier" "$rival"; do
  call "$who" POST subscriptions/ '{"name": "Energy anywhere", "categories": ["energy"], "area": {"anywhere": true}, "kinds": ["rfp"], "channels": {"inbox": true, "webhook": false, "mail": "none"}}'
  expect 201 "subscription made"
done

# 3. The request
closes=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
call "$customer" POST rfps/ '{"kind": "rfp", "title": "Electricity for a year", "need": "A year of electricity for a small flat.",
 "category": "energy/electricity", "area": {"country": "GB", "postcode": "EH1 1AA"},
 "lines": [{"title": "Electricity, kWh", "quantity": "3400", "unit": "kWh"}],
 "requirements": [{"text": "100 % renewable", "level": "must", "answer": "yes_no", "constraint": {"equals": true}},
                  {"text": "Notice period", "level": "should", "answer": "number", "unit": "day", "constraint": {"max": 30}}],
 "criteria": [{"kind": "total_price", "weight": 60, "best": "600.00", "worst": "1400.00"},
              {"kind": "number", "requirement": 1, "weight": 25, "best": "0", "worst": "90"},
              {"kind": "rating", "title": "Trust", "weight": 15}],
 "currency": "GBP", "horizon_months": 12, "closes_at": "'"$closes"'", "sealing": "sealed",
 "terms": "PDC-INTENT", "fields": [{"field": "energy.kwh_per_year", "stage": "S1"}, {"field": "home.address", "stage": "S3"}, {"field": "contact.phone", "stage": "S3"}]}'
expect 201 "draft made"
rfp=$(first id)
call "$customer" GET "rfps/$rfp/audience/"
expect 200 "match count before publishing"
call "$customer" POST "rfps/$rfp/publish/" '{}' "publish-$RUN"
expect 200 "published"
has '"phase":"open"' "the request is open"

# 4. Fanned out by the worker: in the inbox within 10 s, in the feed, and not at the outsider's
opportunity=$(await_opportunity "$supplier" "$rfp")
echo "ok  opportunity in the inbox within 10 s"
rival_opportunity=$(await_opportunity "$rival" "$rfp")

feed_has() { # KEY: walks the whole feed
  local after="" more=true
  while [ "$more" = true ]; do
    call "$1" GET "feed/?limit=200${after:+&after=$after}"
    [ "$status" = 200 ] || fail "feed: $status"
    ! grep -qF "$rfp" <<<"$body" || return 0
    after=$(first next_cursor)
    grep -q '"has_more":true' <<<"$body" || more=false
  done
  return 1
}
for _ in $(seq 40); do ! feed_has "$supplier" || break; sleep 0.25; done
feed_has "$supplier" || fail "the feed does not show the request"
echo "ok  feed shows it to the supplier"
! feed_has "$outsider" || fail "the outsider sees the request"
call "$outsider" GET opportunities/
hasnt "$rfp" "outsider's inbox does not show it"
call "$outsider" GET "opportunities/$opportunity/"
expect 404 "outsider gets 404 for the supplier's opportunity"

# 5. Terms, then two bids
call "$supplier" GET "opportunities/$opportunity/"
expect 200 "supplier opens the request"
line=$(part lines | grep -o '"id":"[^"]*"' | head -1 | cut -d'"' -f4)
requirements=$(part requirements)
renewable=$(grep -o '"id":"[^"]*"' <<<"$requirements" | sed -n 1p | cut -d'"' -f4)
notice=$(grep -o '"id":"[^"]*"' <<<"$requirements" | sed -n 2p | cut -d'"' -f4)
bid() { # KEY UNIT_PRICE CHARGES VAT NOTICE REFERENCE
  call "$1" POST bids/ "{\"rfp\": \"$rfp\", \"version\": 1, \"option\": 1, \"title\": \"12 months, fixed\", \"firmness\": \"firm\", \"currency\": \"GBP\", $4,
   \"lines\": [{\"line\": \"$line\", \"unit_price\": \"$2\", \"quantity\": \"3400\", \"lead_time_days\": 5, \"offered\": true}], \"charges\": [$3], \"delivery\": \"0.00\",
   \"answers\": [{\"requirement\": \"$renewable\", \"value\": true, \"evidence\": \"certificate\", \"deviation\": null}, {\"requirement\": \"$notice\", \"value\": $5, \"evidence\": \"\", \"deviation\": null}],
   \"valid_until\": \"$(date -u -d '+60 days' +%Y-%m-%d)\", \"reference\": \"$6\", \"note\": \"\", \"submit\": true}" "$6-$RUN"
}
standing='{"label": "Standing charge", "amount": "15.00", "recurs": "month", "periods": 12, "from_period": 1, "conditional": false}'
bid "$supplier" 0.2400 "$standing" '"vat_rate": "0.20", "vat_included": true' 30 Q-1001
expect 409 "no bid before the terms are accepted"
has terms_not_accepted "the refusal says why"
for pair in "$supplier|$opportunity" "$rival|$rival_opportunity"; do
  call "${pair%%|*}" POST "opportunities/${pair#*|}/accept-terms/" '{"terms": "PDC-INTENT"}'
  expect 200 "terms accepted"
done
call "$supplier" GET "opportunities/$opportunity/"
has '"stage":"S1"' "supplier is at S1"
hasnt "Quillwright" "no street at S1"
hasnt "3412" "no exact use at S1"
bid "$supplier" 0.2400 "$standing" '"vat_rate": "0.20", "vat_included": true' 30 Q-1002
expect 201 "first bid submitted"
first_bid=$(first id)
bid "$supplier" 0.2400 "$standing" '"vat_rate": "0.20", "vat_included": true' 30 Q-1002
expect 201 "the same key replays the same answer"
[ "$(first id)" = "$first_bid" ] || fail "a second bid was made"
bid "$rival" 0.2600 "" '"vat_rate": "0.05", "vat_included": false' 90 R-7
expect 201 "second bid submitted"
second_bid=$(first id)
call "$rival" GET "bids/$first_bid/"
expect 404 "the rival gets 404 for the other bid"

# 6. Sealed: only the number
call "$customer" GET "rfps/$rfp/comparison/"
expect 200 "sealed comparison answers"
has '"sealed":true' "it says sealed"
has '"bid_count":2' "it says two bids"
has '"bids":[]' "it shows none"
hasnt "$first_bid" "no bid id while sealed"
call "$customer" GET "rfps/$rfp/bids/"
has '"data":[]' "the list of bids is empty while sealed"

# 7. Closed: totals and scores as calculated by hand
#    first:  3400 x 0.24 + 12 x 15 = 996.00; s = (996-1400)/(600-1400) = .505; notice (30-90)/(0-90) = 2/3; trust 4/5
#            60 x .505 + 25 x 2/3 + 15 x .8 = 30.30 + 16.667 + 12 = 58.97
#    second: 3400 x 0.26 x 1.05 = 928.20; s = .58975; notice 0; trust 3/5: 35.385 + 0 + 9 = 44.385, half-even 44.38
call "$customer" POST "rfps/$rfp/close/" '{}'
expect 200 "closed early"
call "$customer" GET "rfps/$rfp/comparison/"
has '"sealed":false' "unsealed at once"
trust=$(part criteria | tr '{' '\n' | grep '"Trust"' | grep -o '"id":"[^"]*"' | head -1 | cut -d'"' -f4)
call "$customer" PUT "rfps/$rfp/evaluation/" "{\"ratings\": [{\"bid\": \"$first_bid\", \"criterion\": \"$trust\", \"value\": 4}, {\"bid\": \"$second_bid\", \"criterion\": \"$trust\", \"value\": 3}]}"
expect 200 "own ratings kept"
call "$customer" GET "rfps/$rfp/comparison/"
has '"amount":"996.00"' "first total 996.00"
has '"amount":"928.20"' "second total 928.20"
has '"score":"58.97"' "first score 58.97"
has '"score":"44.38"' "second score 44.38 (half-even)"

# 8. Award, contract, confirmation
call "$customer" POST "rfps/$rfp/award/" "{\"bid\": \"$first_bid\"}" "award-$RUN"
expect 200 "awarded"
call "$customer" POST "rfps/$rfp/award/" "{\"bid\": \"$second_bid\"}" "award-again-$RUN"
expect 409 "a second award is refused"
call "$customer" GET "rfps/$rfp/contract/"
expect 200 "customer reads the contract"
hash=$(first sha256)
call "$supplier" GET "bids/$first_bid/contract/"
expect 200 "winner reads the contract"
[ "$(first sha256)" = "$hash" ] || fail "two hashes"
call "$rival" GET "bids/$second_bid/contract/"
expect 404 "the rival has no contract"
call "$supplier" POST "opportunities/$opportunity/confirm-award/" '{}'
expect 200 "winner confirms"

# 9. The winner reads the address, the rival never did
call "$supplier" GET "opportunities/$opportunity/"
has '"stage":"S3"' "winner is at S3"
has "$street" "winner reads the address"
call "$rival" GET "opportunities/$rival_opportunity/"
hasnt "Quillwright" "rival does not read the address"
call "$customer" GET "data-store/disclosures/?limit=200"
expect 200 "the ledger shows who read what"
echo "The main job works."
