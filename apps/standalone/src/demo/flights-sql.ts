import { sqlText } from './sql-text.js';

/** The tenant of flights from airports whose state is not known (108 flights): a code that ISO 3166 leaves to its users. */
export const NO_STATE = 'ZZ';

/** The airports as published, with `NA`, as the source writes what is not available, read as NULL. */
export function airportsSql(csvPath: string): string {
  return `
    select iata, name, nullif(city, 'NA') as city, nullif(state, 'NA') as state, country, latitude, longitude
    from read_csv(${sqlText(csvPath)}, header = true, nullstr = '', columns = {
      'iata': 'varchar', 'name': 'varchar', 'city': 'varchar', 'state': 'varchar', 'country': 'varchar',
      'latitude': 'double', 'longitude': 'double'
    })`;
}

/** The flights as published, numbered in the order of the file, each with the state of its origin. */
export function flightsSql(parquetPath: string): string {
  return `
    select
      flight.file_row_number + 1 as flight_id,
      flight."date" as departed_at,
      flight.delay as delay_minutes,
      flight.distance as distance_miles,
      flight.origin,
      flight.destination,
      coalesce(airport.state, '${NO_STATE}') as tenant_id
    from read_parquet(${sqlText(parquetPath)}, file_row_number = true) flight
    left join "airports"."main"."rows" airport on airport.iata = flight.origin`;
}
