"""The tables of a period as queries: each row from its number, in the order of time and place."""

from __future__ import annotations

from datetime import datetime, timedelta

from benchmarks.period_data import Shape
from czca_rules.market_time.days import market_day_start

QUARTER_S = 900
EPOCH = datetime(1970, 1, 1)
MEGAWATT, PRICE, MONEY = "DECIMAL(9,3)", "DECIMAL(12,6)", "DECIMAL(18,6)"


class Queries:
    """SQL of every table of a shape; places, products and references are tables already."""

    def __init__(self, shape: Shape, seed: int) -> None:
        self.shape, self.seed = shape, seed
        self.start_s = (shape.start - EPOCH) // timedelta(seconds=1)

    def all(self) -> dict[str, str]:
        """The query of each table."""
        found = self._capacity() | self._procurement() | self._prices() | self._limits()
        found |= {"events": "FROM events", "documents": "FROM documents",
                  "curtailments": self._curtailments()}
        if self.shape.core:
            found["income_account"] = self._account()
            found["usage"] = self._usage()
        return found

    # What everything is drawn from.

    def draw(self, what: str, of: str, below: int) -> str:
        """A number from nought up that looks drawn."""
        return f"CAST(hash({self.seed}, '{what}', {of}) % {below} AS BIGINT)"

    def fault(self, what: str, of: str = "t, d, p", rarity: int | None = None) -> str:
        """Whether a row has a fault: on every third day, in every seventh direction."""
        place = f"AND d % {min(7, 2 * self.shape.borders)} = 0 " if " d" in of else ""
        return (f"((t // 96) % 3 = 1 {place}AND hash({self.seed}, '{what}', {of}) "
                f"% {rarity or self.shape.rarity} = 0)")

    def at(self, quarter: str) -> str:
        """The instant of a quarter."""
        return f"to_timestamp({self.start_s} + ({quarter}) * {QUARTER_S})"

    def rows(self, *places: tuple[str, str, int], columns: str = "*") -> str:
        """One row for each quarter and each of several places, without any sorting."""
        total, pieces = 1, []
        for _, number, size in reversed(places):
            pieces.append(f"(i // {total}) % {size} AS {number}")
            total *= size
        joins = "".join(f" JOIN {name} USING ({number})" for name, number, _ in places if name)
        return (f"SELECT {columns} FROM (SELECT i // {total} AS t, {', '.join(pieces)} "
                f"FROM range({self.shape.quarters * total}) r(i)){joins}")

    @property
    def ways(self) -> tuple[str, str, int]:
        """Directions as places of rows."""
        return "ways", "d", 2 * self.shape.borders

    @property
    def products(self) -> tuple[str, str, int]:
        """Products as places of rows."""
        return "products", "p", len(self.shape.products)

    @property
    def zones(self) -> tuple[str, str, int]:
        """Zones as places of rows."""
        return "zones", "z", self.shape.zones

    def day_ahead(self, zone: str, quarter: str) -> str:
        """The day-ahead price of a zone in whole cents: a daily wave and a level that changes."""
        wave = f"abs(48 - (({quarter}) % 96 + 96) % 96) * 40"
        return f"(6000 + {wave} + {self.draw('energy', f'{zone}, ({quarter}) // 4', 1500)})"

    def marginal(self, zone: str) -> str:
        """The marginal price of a product in a zone, in whole cents."""
        return f"(500 + {self.draw('capacity', f'{zone}, p, t // 4', 2000)})"

    def euros(self, cents: str, kind: str = PRICE) -> str:
        """Cents as an exact decimal."""
        return f"CAST(CAST({cents} AS DECIMAL(18,2)) * 0.01 AS {kind})"

    @property
    def megawatts(self) -> str:
        """What a product has of a direction: small, but here and there beyond the limit."""
        over = self.fault("limit")
        return (f"CASE WHEN p = 0 AND {over} THEN 150 "
                f"ELSE greatest({self.draw('mw', 't // 4, d, p', 7)} - 1, 0) END")

    @property
    def czc_cents(self) -> str:
        """The difference of the marginal prices, never below nought."""
        receiver = f"CASE direction WHEN 'down' THEN {self.marginal('a')} " \
                   f"ELSE {self.marginal('b')} END"
        provider = f"CASE direction WHEN 'down' THEN {self.marginal('b')} " \
                   f"ELSE {self.marginal('a')} END"
        return f"greatest(({receiver}) - ({provider}), 0)"

    # The tables.

    def _capacity(self) -> dict[str, str]:
        key = "from_zone, to_zone, product, direction, "
        lowered = f"CASE WHEN n = 1 AND {self.fault('lowered')} THEN greatest(mw - 1, 0) " \
                  "ELSE mw END"
        shift = f"CASE WHEN {self.fault('price')} THEN 137 WHEN {self.fault('negative')} " \
                f"THEN -{self.czc_cents} - 50 ELSE 0 END"
        by_product = self.rows(self.ways, self.products)
        allocated = f"SELECT *, {self.megawatts} AS mw, {self.czc_cents} AS cents, " \
                    f"{self.fault('income')} AS misbooked, " \
                    f"CASE WHEN {self.fault('uses')} THEN 2 WHEN {self.rest} THEN -1 ELSE 0 END " \
                    f"AS more FROM ({by_product})"
        states = f"SELECT *, {self.megawatts} AS mw FROM " \
                 f"({self.rows(self.ways, self.products, ('', 'n', 2))})"
        start = f"{self.at('t')} AS mtu_start"
        return {
            "allocations": f"SELECT {key}{start}, "
                           "CASE n WHEN 0 THEN 'selected' ELSE 'final' END AS state, "
                           f"CAST({lowered} AS {MEGAWATT}) AS allocated_mw FROM ({states})",
            "czc_prices": f"SELECT {key}{start}, {self.euros(f'{self.czc_cents} + {shift}')} "
                          f"AS price_eur_mw_h FROM ({by_product})",
            "exchanges": "SELECT CASE direction WHEN 'up' THEN from_zone ELSE to_zone END "
                         "AS provider_zone, CASE direction WHEN 'up' THEN to_zone ELSE from_zone "
                         f"END AS receiver_zone, product, direction, {start}, "
                         f"CAST(mw + more AS {MEGAWATT}) AS exchanged_mw FROM ({allocated}) "
                         "WHERE mw > 0",
            "congestion_income": self._income(key + start, allocated),
            "releases": f"SELECT {key}{start}, 'same_product' AS released_to, "
                        f"CAST(1 AS {MEGAWATT}) AS released_mw FROM ({allocated}) "
                        "WHERE mw > 0 AND more < 0",
        }

    @property
    def rest(self) -> str:
        """Whether a megawatt of an allocation is left, and released."""
        return f"hash({self.seed}, 'rest', t, d, p) % 20 = 0"

    def _income(self, key: str, allocated: str) -> str:
        """Core books the allocated volume, and what the day-ahead market would have earned."""
        wrong = "CASE WHEN misbooked THEN 325 ELSE 0 END"
        if not self.shape.core:
            volume = "CASE WHEN mw > 0 THEN mw + more ELSE 0 END"
            return (f"SELECT {key}, {self.earned(f'cents * {volume}', wrong)} AS income_eur "
                    f"FROM ({allocated})")
        spread = f"greatest({self.day_ahead('b', 't')} - {self.day_ahead('a', 't')}, 0)"
        return (f"SELECT {key}, {self.earned('cents * mw', '0')} AS income_eur, "
                f"{self.earned(f'{spread} * mw', wrong)} AS day_ahead_share_eur "
                f"FROM ({allocated})")

    def earned(self, cents_an_hour: str, more_cents: str) -> str:
        """What a quarter hour earns, as an exact decimal."""
        return (f"CAST(CAST({cents_an_hour} AS DECIMAL(18,0)) * 0.0025 "
                f"+ CAST({more_cents} AS DECIMAL(18,0)) * 0.01 AS {MONEY})")

    def _procurement(self) -> dict[str, str]:
        key = f"zone, product, direction, {self.at('t')} AS mtu_start, "
        accepted = f"(2 + {self.draw('demand', 't, z, p', max(1, self.shape.bids - 4))})"
        by_zone = self.rows(self.zones, self.products)
        offers = self.rows(self.zones, self.products, ("", "n", self.shape.bids))
        return {
            "bids": "SELECT format('{}-{}-{}-{}', zone, product, direction, n) AS bid_id, "
                    f"{key}CAST(10 AS {MEGAWATT}) AS volume_mw, "
                    f"{self.euros(f'{self.marginal(chr(122))} + (n - {accepted} + 1) * 37')} "
                    f"AS price_eur_mw_h, CAST(CASE WHEN n < {accepted} THEN 10 ELSE 0 END "
                    f"AS {MEGAWATT}) AS accepted_mw FROM ({offers})",
            "demand": f"SELECT {key}CAST(10 * {accepted} AS {MEGAWATT}) AS demand_mw, "
                      f"CAST(2 AS {MEGAWATT}) AS local_minimum_mw, "
                      f"CAST(10 * {accepted} AS {MEGAWATT}) AS satisfied_mw FROM ({by_zone})",
            "capacity_prices": f"SELECT {key}{self.euros(self.marginal('z'))} "
                               f"AS marginal_price_eur_mw_h FROM ({by_zone})",
        }

    def _prices(self) -> dict[str, str]:
        known = "SELECT r AS q FROM refs WHERE r IS NOT NULL UNION SELECT t FROM refs"
        value = f"greatest({self.day_ahead('b', 'r')} - {self.day_ahead('a', 'r')}, 0)"
        more = f"CASE WHEN {self.fault('forecast', 't, d', self.small)} THEN 25 ELSE 0 END"
        stated = f", {self.at('r')} AS reference_mtu_start" if self.shape.core else ""
        return {
            "day_ahead_prices": f"SELECT zone, {self.at('q')} AS mtu_start, "
                                f"{self.at('q + 1')} AS mtu_end, "
                                f"{self.euros(self.day_ahead('z', 'q'))} AS price_eur_mwh "
                                f"FROM zones, ({known}) ORDER BY q, z",
            "energy_values": f"SELECT from_zone, to_zone, {self.at('t')} AS mtu_start, "
                             f"{self.euros(f'{value} + {more}')} AS forecast_eur_mwh{stated} "
                             f"FROM ({self.rows(self.ways)}) JOIN refs USING (t) "
                             "WHERE r IS NOT NULL",
            "cross_zonal_capacity": f"SELECT from_zone, to_zone, {self.at('t')} AS mtu_start, "
                                    f"CAST(CASE WHEN {self.fault('netting', 't, d', self.small)} "
                                    f"THEN 20 ELSE 1300 + {self.draw('full', 't // 4, d', 200)} "
                                    f"END AS {MEGAWATT}) AS capacity_mw FROM "
                                    f"({self.rows(self.ways)})",
            "scheduled_exchanges": f"SELECT from_zone, to_zone, {self.at('t')} AS mtu_start, "
                                   "CASE n WHEN 0 THEN 'day_ahead' WHEN 1 THEN 'intraday' "
                                   f"ELSE 'long_term' END AS market, CAST("
                                   f"{self.draw('flow', 't // 4, d, n', 400)} AS {MEGAWATT}) "
                                   f"AS scheduled_mw FROM ({self.rows(self.ways, ('', 'n', 3))})",
        }

    @property
    def small(self) -> int:
        """Rarity in tables without products."""
        return max(1, self.shape.rarity // len(self.shape.products))

    def _limits(self) -> dict[str, str]:
        """Hourly history of the year that counts, and what the TSOs declare."""
        year = self.shape.first.year
        first, after = (datetime(year - 2, 11, 1), datetime(year - 1, 11, 1)) if self.shape.core \
            else (datetime(year - 1, 1, 1), datetime(year, 1, 1))
        begin, end = market_day_start(first.date()), market_day_start(after.date())
        hours = (end - begin) // timedelta(hours=1)
        since = (begin - EPOCH) // timedelta(seconds=1)
        edge = self.at(str(self.shape.quarters))
        return {
            "offered_capacity": f"SELECT from_zone, to_zone, to_timestamp({since} + n * 3600) "
                                f"AS mtu_start, to_timestamp({since} + (n + 1) * 3600) AS mtu_end, "
                                f"CAST(1500 + {self.draw('offer', 'n, d', 500)} AS {MEGAWATT}) "
                                f"AS offered_mw FROM range({hours}) h(n), ways ORDER BY n, d",
            "volume_limits": f"SELECT from_zone, to_zone, {self.at('0')} AS mtu_start, "
                             f"{edge} AS mtu_end, basis, CAST(75 AS {MEGAWATT}) AS limit_mw, "
                             "'LIMITS-1' AS document FROM ways, "
                             "(VALUES ('additional'), ('share_of_offered')) b(basis) "
                             "ORDER BY d, basis",
        }

    def _curtailments(self) -> str:
        return (f"SELECT from_zone, to_zone, product, direction, {self.at('t')} AS mtu_start, "
                f"'force_majeure' AS cause, CAST(1 AS {MEGAWATT}) AS curtailed_mw FROM "
                f"({self.rows(self.ways, self.products)}) WHERE {self.fault('lowered')} "
                "AND t % 8 = 0")

    def _usage(self) -> str:
        return (f"SELECT from_zone, to_zone, product, direction, {self.at('t')} AS mtu_start, "
                f"CAST({self.draw('used', 't, d, p', 3)} AS {MEGAWATT}) AS used_mw FROM "
                f"({self.rows(self.ways, self.products)})")

    def _account(self) -> str:
        """What each border collected in the month, and what it passed on."""
        border = "concat(least(from_zone, to_zone), '/', greatest(from_zone, to_zone))"
        return (f"SELECT {self.at('0')} AS period_start, coalesce(name, side) AS border, entry, "
                f"CAST(sum(CASE entry WHEN 'collected' THEN income_eur ELSE day_ahead_share_eur "
                f"END) AS {MONEY}) AS amount_eur FROM (SELECT *, {border} AS side FROM income) "
                "LEFT JOIN borders USING (side), "
                "(VALUES ('collected'), ('day_ahead_share')) e(entry) GROUP BY ALL "
                "ORDER BY border, entry")
