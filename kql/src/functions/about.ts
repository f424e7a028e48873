// A list.

/** One sentence about each function and aggregate, for the reference and the editor. */
const sentences = `
tostring: A value as text; nothing becomes the empty text.
toint: A value as a whole number of 32 bits; null when it is none.
tolong: A value as a whole number of 64 bits; null when it is none.
todouble toreal: A value as a floating-point number; null when it is none.
todecimal: A value as a number; carried as a floating-point one.
tobool toboolean: A value as true or false; null when it is neither.
todatetime: A value as a time; null when it is none.
totimespan: A value as a span of time; null when it is none.
toguid: A text as an identifier; null when it is none.
parse_json parsejson todynamic toobject: A text as JSON; a text that is no JSON is itself a JSON text.
extractjson extract_json: What a path such as $.a.b[0] leads to in a text of JSON.
dynamic_to_json: JSON as its text.
gettype: The name of a value's type.
array_length arraylength: How many elements an array has; null for what is none.
array_concat: Arrays behind each other.
array_slice: Elements from a place to a place, both included; negative places count from the end.
array_reverse: The elements the other way round.
array_sort_asc: The elements in rising order; more arrays are put in the same order.
array_sort_desc: The elements in falling order; more arrays are put in the same order.
array_sum: The sum of the elements.
array_index_of: The place of a value, from 0; -1 when it is not there.
array_rotate_left: The elements moved to the left, those that fall out coming in again.
array_rotate_right: The elements moved to the right, those that fall out coming in again.
array_shift_left: The elements moved to the left; nulls or a given value come in.
array_shift_right: The elements moved to the right; nulls or a given value come in.
array_split: Pieces of an array, cut at some places.
array_iff array_iif: Per element, one of two values by a test.
strcat_array array_strcat: The elements as one text with a delimiter.
bag_keys: The names of a bag's members.
bag_has_key: True when a bag has a member; a path such as $.a.b looks deeper.
bag_merge: The members of several bags; the first one's win.
bag_remove_keys: A bag without some members.
bag_set_key: A bag with one member set.
bag_zip: A bag of an array of names and one of values.
bag_pack pack pack_dictionary: A bag of names and values.
bag_pack_columns: A bag of columns under their names.
pack_all: A bag of all columns of the row; true leaves out the empty ones.
pack_array: An array of the arguments.
set_has_element: True when an array has an element.
set_union: The elements of several arrays, each once.
set_intersect: The elements that all arrays have.
set_difference: The elements of the first array that the others lack, each once.
set_equals: True when two arrays have the same elements.
jaccard_index: How alike two sets are, from 0 to 1.
range: An array of values from one to another in steps.
repeat: An array of one value so many times.
zip: Arrays of the elements at the same places.
treepath: The paths of all members of a value.
iff iif: One of two values by a test; a null test does not hold.
case: The value behind the first test that holds, else the last one.
coalesce: The first value that is not null, or not empty for texts.
not: The opposite; null stays null.
isempty: True for the empty text and for null.
isnotempty notempty: True for what is neither the empty text nor null.
isnull: True for null; texts never are.
isnotnull notnull: True for what is not null.
isascii: True when a text has letters of ASCII only.
isutf8: True for every text that is kept.
column_ifexists columnifexists: A column, or another value when there is no such column.
ipv4_is_private: True for addresses of private networks.
ipv4_is_in_range: True when an address lies in a network such as 10.0.0.0/8.
ipv4_is_in_any_range: True when an address lies in one of several networks.
ipv4_is_match: True when two addresses are in the same network.
ipv4_compare: The order of two addresses: -1, 0 or 1.
ipv4_netmask_suffix: The bits of a network's prefix; 32 for an address.
ipv4_range_to_cidr_list: The fewest networks that hold all addresses from one to another.
parse_ipv4: An address as a number; null when it is none.
parse_ipv4_mask: The network of an address as a number.
format_ipv4: A number or address as an address, its network when a prefix is given.
format_ipv4_mask: As format_ipv4, with the prefix behind.
ipv6_compare: The order of two addresses of either kind.
ipv6_is_match: True when two addresses of either kind are in the same network.
ipv6_is_in_range: True when an address of either kind lies in a network.
ipv6_is_in_any_range: True when an address of either kind lies in one of several networks.
parse_ipv6: An address of either kind written out in full.
parse_ipv6_mask: The network of an address, written out in full.
has_ipv4 has_any_ipv4: True when a text holds one of some addresses.
has_ipv4_prefix has_any_ipv4_prefix: True when a text holds an address that begins so.
geo_info_from_ip_address: Where an address is, when the server was given a table of places.
geo_distance_2points: Metres between two points of the earth.
abs: A number without its sign.
sign: -1, 0 or 1.
ceiling: The whole number above.
bin floor: Down to a multiple of a step; times count from the year 1.
bin_at: Down to a multiple of a step, counted from a given point.
round: Rounded to digits behind the point, half away from zero.
sqrt: The square root; null below zero.
exp: e to the power.
exp2: 2 to the power.
exp10: 10 to the power.
pow: A number to the power of another.
log: The natural logarithm.
log2: The logarithm to base 2.
log10: The logarithm to base 10.
sin: The sine of an angle in radians.
cos: The cosine of an angle in radians.
tan: The tangent of an angle in radians.
cot: The cotangent of an angle in radians.
asin: The angle of a sine.
acos: The angle of a cosine.
atan: The angle of a tangent.
atan2: The angle of a point.
degrees: Radians as degrees.
radians: Degrees as radians.
gamma: The gamma function.
loggamma: The logarithm of the gamma function.
pi: The number pi.
isnan: True for not-a-number.
isinf: True for infinities.
isfinite: True for ordinary numbers.
max_of: The largest of the arguments that is not null.
min_of: The smallest of the arguments that is not null.
rand: A number by chance, from 0 to 1 or below a given one.
binary_and: Bits set in both.
binary_or: Bits set in one of both.
binary_xor: Bits set in exactly one of both.
binary_not: All bits turned.
binary_shift_left: Bits moved up.
binary_shift_right: Bits moved down.
bitset_count_ones: How many bits are set.
tohex: A whole number in base 16.
strcat: Texts behind each other.
strcat_delim: Texts with a delimiter, which comes first.
tolower: In small letters.
toupper: In capitals.
strlen: How many characters a text has.
string_size: How many bytes a text has in UTF-8.
reverse: The characters the other way round.
substring: A part of a text: from a place counted from 0, so many characters.
indexof: The place of a text within another, from 0; -1 when it is not there.
indexof_regex: The place of a pattern's match, from 0; -1 when there is none.
replace_string: Each occurrence of a text replaced.
replace_strings: Each occurrence of several texts replaced.
replace_regex: Each match of a pattern replaced; \\1 stands for its first group.
replace: As replace_regex, with the text last.
trim: Without what a pattern matches at both ends.
trim_start: Without what a pattern matches at the start.
trim_end: Without what a pattern matches at the end.
translate: Characters of one list replaced by those of another.
extract: A group of a pattern's first match.
extract_all extractall: The groups of all matches, as an array.
split: The parts of a text between a delimiter, as an array.
countof: How often a text or pattern occurs.
strrep: A text so many times, with a delimiter between.
strcmp: The order of two texts: -1, 0 or 1.
base64_encode_tostring base64_encodestring: A text as base64.
base64_decode_tostring base64_decodestring: The text of base64; empty when it is none.
base64_decode_toarray: The bytes of base64, as numbers.
base64_encode_fromarray: Bytes as base64.
url_encode: A text for an address, blanks as a plus.
url_encode_component: A text for an address, blanks as %20.
url_decode: A text from an address.
hash hash_xxhash64: xxHash64 of a value, below a modulo when one is given.
hash_md5: MD5 of a text in base 16.
hash_sha1: SHA-1 of a text in base 16.
hash_sha256: SHA-256 of a text in base 16.
new_guid: A new identifier by chance.
regex_quote: A text as a pattern that matches it.
has_any_index: The place of the first of several terms that a text has; -1 for none.
make_string unicode_codepoints_to_string: A text of code points.
unicode_codepoints_from_string to_utf8: The code points of a text.
parse_csv: The fields of one line of comma-separated values.
parse_url parseurl: The parts of an address on the web.
parse_urlquery parseurlquery: The parameters of an address on the web.
parse_path: The parts of a path of a file.
parse_command_line: The words of a command line.
parse_user_agent: Browser, system and device that a user agent names.
parse_xml: Markup as JSON.
format_bytes: A number of bytes for people to read.
format_datetime: A time as text in a format.
format_timespan: A span of time as text in a format.
estimate_data_size: Bytes that values take as text.
now: The time of the query, moved by a span.
ago: The time of the query less a span.
ingestion_time: When a row came in; here the time it was generated.
startofday: Midnight, moved by days.
startofweek: Sunday before, moved by weeks.
startofmonth: The first of the month, moved by months.
startofyear: The first of the year, moved by years.
endofday: The last moment of the day.
endofweek: The last moment of Saturday.
endofmonth: The last moment of the month.
endofyear: The last moment of the year.
datetime_diff: How many boundaries of a part lie between two times, the later one first.
datetime_add: A time moved by so many parts.
datetime_part datepart: A part of a time as a number.
dayofweek: Days since Sunday, as a span.
dayofmonth: The day of the month.
dayofyear: The day of the year.
week_of_year weekofyear: The week of the year by ISO 8601.
monthofyear getmonth: The month.
getyear: The year.
hourofday: The hour.
make_datetime: A time of its parts; null when there is no such time.
make_timespan: A span of its parts.
unixtime_seconds_todatetime: The time so many seconds after 1970.
unixtime_milliseconds_todatetime: The time so many milliseconds after 1970.
unixtime_microseconds_todatetime: The time so many microseconds after 1970.
unixtime_nanoseconds_todatetime: The time so many nanoseconds after 1970.
datetime_utc_to_local: A time as clocks of a zone show it.
datetime_local_to_utc: What clocks of a zone show, as a time.
prev: A value of a row before, in the order of the rows.
next: A value of a row after, in the order of the rows.
row_number: The place of the row, starting again where a test holds.
row_cumsum: The sum up to the row, starting again where a test holds.
row_rank_dense row_rank: How many different values came so far.
row_rank_min: The place of the first row with the same value.
row_window_session: The start of the session that a row's time belongs to.
toscalar: The first cell of a query, as a value.
materialize: Rows that are computed once however often they are used.
series_add: The sum of two series, point by point.
series_subtract: The difference of two series.
series_multiply: The product of two series.
series_divide: The quotient of two series.
series_pow: One series to the power of another.
series_greater: Where one series is larger.
series_greater_equals: Where one series is not smaller.
series_less: Where one series is smaller.
series_less_equals: Where one series is not larger.
series_equals: Where two series are equal.
series_not_equals: Where two series differ.
series_abs: Each point without its sign.
series_sign: The sign of each point.
series_floor: Each point down to a whole number.
series_ceiling: Each point up to a whole number.
series_exp: e to the power of each point.
series_log: The natural logarithm of each point.
series_sin: The sine of each point.
series_cos: The cosine of each point.
series_tan: The tangent of each point.
series_asin: The arc sine of each point.
series_acos: The arc cosine of each point.
series_atan: The arc tangent of each point.
series_sum: The sum of a series.
series_product: The product of a series.
series_magnitude: The length of a series as a vector.
series_dot_product: The product of two series as vectors.
series_cosine_similarity: How alike the directions of two series are.
series_pearson_correlation: How two series go together, from -1 to 1.
series_fill_const: Gaps filled with a value.
series_fill_forward: Gaps filled with what stands before them.
series_fill_backward: Gaps filled with what stands behind them.
series_fill_linear: Gaps filled along the line between their neighbours.
series_fir: A filter over the last points.
series_iir: A filter over the last points and its own last answers.
series_outliers: How far each point stands out, by Tukey's test.
series_stats: Smallest, largest, average and spread of a series, in columns.
series_stats_dynamic: Smallest, largest, average and spread of a series, in a bag.
series_fit_line: The line through a series, in columns.
series_fit_line_dynamic: The line through a series, in a bag.
series_fit_2lines: The two lines that fit a series best, in columns.
series_periods_detect: After how many points a series repeats, and how well.
series_decompose: A series taken apart into baseline, season, trend and rest.
series_decompose_anomalies: Points that stand out of what a series repeats: flags, scores, baseline.
series_decompose_forecast: What a series will go on with.
count: How many rows.
dcount: How many different values; estimated for many rows.
count_distinct: How many different values, exactly.
sum: The sum.
avg: The average.
min: The smallest value.
max: The largest value.
take_any any: Any value, one that is not empty when there is one.
make_set makeset: The different values as an array.
make_list makelist: The values as an array.
make_list_with_nulls: The values as an array, nulls too.
make_bag: The members of all bags as one bag.
make_dictionary: As make_bag.
stdev: The standard deviation of a sample.
stdevp: The standard deviation of all.
variance: The variance of a sample.
variancep: The variance of all.
covariance: The covariance of a sample.
covariancep: The covariance of all.
percentile: The value below which a percentage of the rows lies.
percentiles: Several percentiles, in columns.
percentiles_array: Several percentiles, in an array.
percentilew: A percentile of weighted values.
percentilesw: Several percentiles of weighted values, in columns.
percentilesw_array: Several percentiles of weighted values, in an array.
binary_all_and: Bits set in all values.
binary_all_or: Bits set in one value at least.
binary_all_xor: Bits set in an odd number of values.
countif: How many rows for which a test holds.
dcountif: How many different values, of rows for which a test holds.
count_distinctif: How many different values exactly, of rows for which a test holds.
sumif: The sum over rows for which a test holds.
avgif: The average over rows for which a test holds.
minif: The smallest value of rows for which a test holds.
maxif: The largest value of rows for which a test holds.
take_anyif anyif: Any value of rows for which a test holds.
make_set_if: The different values of rows for which a test holds.
make_list_if: The values of rows for which a test holds.
make_bag_if: The members of bags of rows for which a test holds.
stdevif: The standard deviation over rows for which a test holds.
varianceif: The variance over rows for which a test holds.
hll: The different values, to be merged and counted later; exact, so that it may be large.
hll_if: As hll, of rows for which a test holds.
hll_merge: Several results of hll as one.
dcount_hll: How many different values a result of hll stands for.
tdigest: The values, for percentiles that are asked later; exact, so that it may be large.
tdigest_merge merge_tdigest: Several results of tdigest as one.
percentile_tdigest: A percentile of a result of tdigest.
percentiles_array_tdigest: Several percentiles of a result of tdigest.
rank_tdigest: How many values of a result of tdigest are smaller.
percentrank_tdigest: Which percentage of a result of tdigest is smaller.
arg_max argmax: The row with the largest value: some of its columns, or all with a star.
arg_min argmin: The row with the smallest value: some of its columns, or all with a star.
`;

/** What a function does, by its name. */
export const aboutFunctions: ReadonlyMap<string, string> = new Map(
  sentences
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [names = "", ...about] = line.split(": ");
      return names.split(" ").map((name): [string, string] => [name, about.join(": ")]);
    }),
);

/** What to use in place of functions that are not there. */
export const insteadOf: Readonly<Record<string, string>> = {
  parse_version: "split(…, '.') and comparisons of its parts as numbers",
  cursor_after: "where TimeGenerated > …",
  cluster: "the tables of this workspace; there is one",
  database: "the tables of this workspace; there is one",
  app: "the tables of this workspace; there is one",
  resource: "where _ResourceId == …",
  externaldata: "a table that you load",
  _GetWatchlist: "a table or a let with datatable",
  FileProfile: "a table of file hashes that you load",
  python: "the functions of the language; no code of others runs here",
  r: "the functions of the language; no code of others runs here",
  http_request: "a table that you load; nothing is fetched from outside",
  sql_request: "a table that you load; nothing is fetched from outside",
  cosmosdb_sql_request: "a table that you load; nothing is fetched from outside",
  diffpatterns: "basket(…) on each part",
  series_fft: "series_periods_detect(…)",
  geo_point_to_s2cell: "geo_distance_2points(…)",
};
