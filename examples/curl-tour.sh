#!/bin/sh
# A tour of Millrace's HTTP interface with nothing but curl. Run it against a server of your own:
#
#   server/bin/millrace serve &
#   examples/curl-tour.sh
#
# MILLRACE_URL says where the server is (http://127.0.0.1:8080 by default), MILLRACE_API_KEY is sent
# along if it is set. Every answer is checked: the tour ends with an error at the first one that isn't
# as it should be. It can be taken any number of times; each time uses events of its own.
set -eu

url=${MILLRACE_URL:-http://127.0.0.1:8080}
run=$(date +%s)-$$
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
answer=$folder/answer
status=

# --- what the steps are made of -------------------------------------------------------------------

step() {
  printf '\n\033[1m# %s\033[0m\n' "$1"
}

# Calls the server: `ask PATH` gets, `ask PATH JSON` posts, `ask PATH TEXT CONTENT-TYPE` posts a text.
ask() {
  path=$1
  shift
  set -- "$path" "$@"
  if [ $# -gt 1 ]; then
    printf '$ curl %s -d %s\n' "'$url$path'" "'$2'"
    set -- -H "content-type: ${3:-application/json}" --data-binary "$2"
  else
    printf '$ curl %s\n' "'$url$path'"
    set --
  fi
  if [ -n "${MILLRACE_API_KEY:-}" ]; then
    set -- "$@" -H "authorization: Bearer $MILLRACE_API_KEY"
  fi
  status=$(curl -sS --max-time 30 -o "$answer" -w '%{http_code}' "$@" "$url$path")
  cat "$answer"
  echo
}

fail() {
  printf '\nThe tour ends here: %s\n' "$1" >&2
  exit 1
}

# Checks the status of the last answer.
is() {
  [ "$status" = "$1" ] || fail "expected status $1, got $status"
}

# Checks that the last answer, without blanks, matches a regular expression.
has() {
  tr -d ' \n\t' <"$answer" | grep -Eq -- "$1" || fail "expected to find $1"
}

# The first value of a field of the last answer.
field() {
  tr -d ' \n\t' <"$answer" | grep -Eo "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4
}

# Texts go into an address percent-encoded; this is enough for positions and tokens in base64.
encode() {
  printf '%s' "$1" | sed 's/%/%25/g; s/+/%2B/g; s,/,%2F,g; s/=/%3D/g'
}

now() {
  date -u +%Y-%m-%dT%H:%M:%SZ
}

mine="properties.run == '$run'"

# --- the tour -------------------------------------------------------------------------------------

step 'Is it alive, and ready for traffic?'
ask /healthz
is 200
ask /readyz
is 200

step 'Send a batch. Each event gets a verdict; what is acknowledged is on disk and visible.'
ask /v1/events '{"events":[
  {"eventId":"'"$run"'-1","type":"page_view","time":"'"$(now)"'","userId":"ada","sessionId":"s1",
   "properties":{"run":"'"$run"'","page":"/"}},
  {"eventId":"'"$run"'-2","type":"purchase","time":"'"$(now)"'","userId":"ada","sessionId":"s1","value":29.5,
   "properties":{"run":"'"$run"'","page":"/checkout","category":"books"},"tags":["web"]}],
  "verdicts":true}'
is 200
has '"accepted":"2"'
has '"verdict":"ACCEPTED"'
position=$(field position)

step 'Send one of them again: it is recognised by its id and not counted twice.'
ask /v1/events '{"events":[{"eventId":"'"$run"'-2","type":"purchase","userId":"ada","value":29.5}]}'
is 200
has '"duplicates":"1"'

step 'A broken event rejects itself, not its batch.'
ask /v1/events '{"events":[
  {"eventId":"'"$run"'-3","type":"purchase","userId":"bob","value":10.5,
   "properties":{"run":"'"$run"'","page":"/checkout","category":"games"}},
  {"eventId":"'"$run"'-4","userId":"bob","properties":{"run":"'"$run"'"}}]}'
is 200
has '"accepted":"1"'
has '"reason":"REQUIRED_FIELD_MISSING"'
has '"field":"events\[1\]\.type"'

step 'What was rejected is kept, with its reason and its bytes.'
ask '/v1/rejectedEvents?pageSize=1'
is 200
has '"reason":"REQUIRED_FIELD_MISSING"'
rejected=$(field id)

step 'Correct it and send it through again.'
ask /v1/rejectedEvents:replay '{"items":[{"id":"'"$rejected"'","corrected":
  {"eventId":"'"$run"'-4","type":"page_view","userId":"bob","properties":{"run":"'"$run"'","page":"/"}}}]}'
is 200
has '"accepted":"1"'

step 'The lenient door takes what people have: other names, epoch times, loose keys.'
ask /v1/collect '{"eventName":"pageview","user_id":"cid","timestamp":'"$(date +%s)"',"run":"'"$run"'","page":"/"}'
is 200
has '"accepted":"1"'

step 'An array of them ...'
ask /v1/collect '[{"type":"click","userId":"cid","run":"'"$run"'","page":"/"},
  {"action":"click","user_id":"dan","run":"'"$run"'","page":"/help"}]'
is 200
has '"accepted":"2"'

step '... or one a line.'
ask /v1/collect '{"type":"click","user_id":"dan","run":"'"$run"'","page":"/help"}
{"type":"purchase","user_id":"dan","amount":60,"run":"'"$run"'","category":"books"}' application/x-ndjson
is 200
has '"accepted":"2"'

step 'Count. An answer includes every event acknowledged before.'
ask /v1/query '{"query":{"measures":[{"name":"events","aggregation":"COUNT"}],"where":"'"$mine"'"}}'
is 200
has '"events":9(\.0)?[,}]'

step 'Sums, averages and distinct users, for purchases only.'
ask /v1/query '{"query":{"measures":[
   {"name":"revenue","aggregation":"SUM","field":"value"},
   {"name":"average","aggregation":"AVG","field":"value"},
   {"name":"buyers","aggregation":"UNIQUE","field":"user_id"}],
  "where":"type == '"'purchase'"' && '"$mine"'"}}'
is 200
has '"revenue":100(\.0)?[,}]'
has '"buyers":3(\.0)?[,}]'

step 'By group, largest first.'
ask /v1/query '{"query":{"measures":[{"name":"revenue","aggregation":"SUM","field":"value"}],
  "where":"type == '"'purchase'"' && '"$mine"'","groupBy":["properties.category"],
  "orderBy":[{"by":"revenue","descending":true}],"limit":1}}'
is 200
has '"properties\.category":"books"'
has '"revenue":89\.5'

step 'Over time: minutes of the last hour in the zone you live in.'
ask /v1/query '{"query":{"measures":[{"name":"events","aggregation":"COUNT"}],"where":"'"$mine"'",
  "range":{"last":"1h"},"bucket":{"every":"1m","timeZone":"Europe/Berlin","skipEmpty":true}}}'
is 200
has '"time":"[0-9]{4}-'

step 'The same condition as a tree, for programs that would rather not write expressions.'
ask /v1/query '{"query":{"measures":[{"name":"events","aggregation":"COUNT"}],"filters":{"all":[
  {"field":"properties.run","op":"EQ","value":"'"$run"'"},
  {"field":"type","op":"IN","value":["click","purchase"]}]}}}'
is 200
has '"events":6(\.0)?[,}]'

step 'The events themselves, a page at a time.'
where=$(encode "$mine" | sed "s/ /%20/g; s/'/%27/g")
ask "/v1/events?pageSize=4&where=$where"
is 200
has '"type":"'
token=$(field nextPageToken)
[ -n "$token" ] || fail 'expected a token for the next page'
ask "/v1/events?pageSize=4&where=$where&pageToken=$(encode "$token")"
is 200
has '"type":"'

step 'Short forms: how many events, which pages most, how many people.'
ask "/v1/count?type=purchase&groupBy=properties.category&where=$where&last=1h"
is 200
has '"properties\.category":"books"'
ask "/v1/top?by=properties.page&limit=2&where=$where"
is 200
has '"properties\.page":"/'
ask "/v1/uniqueUsers?where=$where"
is 200
has '"users":4(\.0)?[,}]'

step 'What events look like: types, fields, kinds of values.'
ask /v1/schema
is 200
has '"name":"properties\.page"'

step 'How the server is doing.'
ask /v1/stats
is 200
has '"eventsAccepted":"[0-9]+"'

step 'Live: events as they are accepted, here from a position on; leave out resumePosition for "from now".'
live="/v1/live/events?where=$where&resumePosition=$(encode "$position")"
printf '$ curl -N %s\n' "'$url$live'"
code=0
curl -sS -N --max-time 3 -o "$answer" \
  ${MILLRACE_API_KEY:+-H "authorization: Bearer $MILLRACE_API_KEY"} "$url$live" 2>"$folder/errors" || code=$?
cat "$answer"
# The stream has no end, so curl gives up by itself, which it calls 28.
[ "$code" = 28 ] || fail "expected a stream, got: $(cat "$folder/errors" "$answer")"
has 'data:.*"type":"click"'

step 'Live: the answer to a query, then what changes in it. The id of the last update resumes.'
query='{"measures":[{"name":"n","aggregation":"COUNT"}],"groupBy":["type"],"range":{"last":"1h"}}'
printf '$ curl -N -G %s --data-urlencode %s\n' "'$url/v1/live'" "'query=$query'"
code=0
curl -sS -N --max-time 2 -o "$answer" -G --data-urlencode "query=$query" \
  ${MILLRACE_API_KEY:+-H "authorization: Bearer $MILLRACE_API_KEY"} "$url/v1/live" 2>"$folder/errors" || code=$?
cat "$answer"
[ "$code" = 28 ] || fail "expected a stream, got: $(cat "$folder/errors" "$answer")"
has '^event:snapshotid:.*data:\{"position":"'

step 'Errors name the field and what would be right.'
ask /v1/query '{"query":{"measures":[{"aggregation":"COUNT"}],"where":"type ==="}}'
is 400
has '"field":"query\.where"'
ask /v1/query '{"query":{"measure":[]}}'
is 400

printf '\nThat was the tour.\n'
