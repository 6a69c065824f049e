/**
 * What a statement may call: a closed list, larger than what the dialect emits today, of functions that read no file, setting, catalogue
 * or other text of a query, and whose work can be interrupted. Missing on purpose: table functions, `range` and every maker of lists whose
 * length a value decides, `repeat`, `lpad`, `rpad`, `printf`, `format`, and what takes JSON apart (deeply nested JSON ends the process).
 */
const SCALARS =
  'abs ceil coalesce concat concat_ws contains date_diff date_part date_trunc datediff datepart encode ends_with epoch_ms epoch_us even exp ' +
  'floor greatest hash ifnull isfinite isinf isnan least left length ln log log10 lower ltrim md5 nullif octet_length position pow power replace ' +
  'right round rtrim sha256 sign sqrt starts_with strftime strlen strpos substr substring timezone to_days to_json to_minutes to_months to_seconds ' +
  'trim trunc try unhex upper';
/** The dialect writes the patterns itself; RE2 takes time in proportion to the text. */
const PATTERNS = 'regexp_extract regexp_replace';
/** Over a list of one value, so that it is computed once; lists can only be written out. */
const ONCE = 'list_transform';
/** Fixed-length makers of text and lists, whose arguments are single values or columns. */
const MAKERS = 'chr json_array json_object list_contains list_value row struct_pack';
const AGGREGATES =
  'any_value approx_count_distinct arg_max arg_min avg bool_and bool_or count first last max median min quantile_cont quantile_disc ' +
  'stddev_pop stddev_samp string_agg sum var_pop var_samp';
const WINDOWS =
  'cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number';
/** Written with brackets, yet no call; types take their precision so. */
const WORDS =
  'all and any as between by case cast char decimal distinct else escape exists filter from group having ilike in inner intersect except interval is join left like limit not numeric ' +
  'offset on or order over partition recursive select then try_cast union using values varchar when where with within';

export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set(
  [SCALARS, PATTERNS, ONCE, MAKERS, AGGREGATES, WINDOWS].flatMap((names) => names.split(' ')),
);

export const WORDS_BEFORE_BRACKETS: ReadonlySet<string> = new Set(WORDS.split(' '));
