"""The commented example manifest that a new submission starts from (Greece - Italy)."""

EXAMPLE = """\
# What this submission is about. Every time carries its offset; market time is CET/CEST.
format: czca-submission/1
id: gr-it-2026-03-11                 # yours to choose
revision: 1                          # a higher one replaces a lower one wholly
sender: {id: IPTO, role: tso}
as_of: 2026-03-10T09:40:00+01:00     # what was known when this was handed in

# Which duties to judge: application, allocation, procurement, publication, use, settlement, yearly
stages: [allocation, procurement]
methodology: greece-italy-mb         # a ruleset
# economic_efficiency, market_based, inverted_market_based, co_optimised or probabilistic
approach: market_based

delivery: {from: 2026-03-11, to: 2026-03-11}     # market days, both included
mtu_minutes: 15                      # 15, 30 or 60; or by date: {2017-01-01: 60, 2025-10-01: 15}
cooperation: {id: GR-IT, established_by: tsos, consolidation_period: P1M}

tsos:
  - {id: IPTO, country: GR, dispatching: central}     # dispatching: central or self
  - {id: TERNA, country: IT, dispatching: central}

zones:
  - {id: GR, tsos: [IPTO], countries: [GR], lfc_block: GR, eic: 10YGR-HTSO-----Y}
  - {id: IT-SUD, tsos: [TERNA], countries: [IT], lfc_block: IT}

borders:
  - id: GR/IT-SUD
    zones: [GR, IT-SUD]
    interconnectors:
      - id: GRITA
        technology: dc                               # ac or dc
        energy_trade_since: 2002-08-01
        in_capacity_calculation_since: 2002-08-01    # what makes a link new or not
        installed_mw: {GR>IT-SUD: 500, IT-SUD>GR: 500}
        contribution: 1                              # its part in the border's capacity
        shares: {IPTO: 0.5, TERNA: 0.5}              # of congestion income; they sum to 1

products:
  - {product: aFRR, direction: up, standard: true, contracting_period: PT1H,
     validity_period: PT15M}
  - {product: aFRR, direction: down, standard: true, contracting_period: PT1H,
     validity_period: PT15M}

# pricing: pay_as_cleared or pay_as_bid; excess: forced_only or forbidden;
# exchange: allowed or sharing_only
procurement: {pricing: pay_as_cleared, excess: forced_only, exchange: allowed,
              price_limit_eur_mw_h: 10000}

# Derogations that you claim: dc_border, short_contracting, nra_limit, separate_procurement,
# contracting_derogation, withholding. One that is not claimed is not applied.
# relies_on: [{exemption: dc_border, border: GR/IT-SUD, document: NRA-2025-7}]
relies_on: []

# How you read a disputed provision: shown beside the verdict, never applied.
# readings: {limit_base: maximum}
readings: {}
"""
