"""Who and where: sites, equipment, suppliers and customers."""

from __future__ import annotations

from dataclasses import dataclass

from tracegraph.demo.calendar import CHINA, EUROPE


@dataclass(frozen=True, slots=True)
class Site:
    """A site of the firm, and the system that reports for it."""

    place: str
    source: str
    zone: str
    name: str
    market: str


SHENZHEN = Site("SZ1", "mes-sz", CHINA, "Shenzhen, moulding", "CN")
SUZHOU = Site("SU1", "mes-su", CHINA, "Suzhou, assembly and machining", "CN")
ROTTERDAM = Site("RT1", "wms-rt", EUROPE, "Rotterdam, packaging and distribution", "NL")
SITES = (SHENZHEN, SUZHOU, ROTTERDAM)
BINS = tuple(f"RT1/A{aisle}" for aisle in range(1, 7))

MIXERS = ("MIX-01", "MIX-02")
PRESSES = ("IMM-11", "IMM-12", "IMM-13", "IMM-14")
ASSEMBLY_LINES = ("ASM-21", "ASM-22", "ASM-23")
SEALERS = ("SEAL-31", "SEAL-32")
LATHES = ("CNC-41", "CNC-42", "CNC-43")
BATHS = ("PASS-51",)
WASHERS = ("WASH-61",)
STERILIZERS = ("STER-01", "STER-02")
PACKERS = ("PACK-71", "PACK-72")
GAUGES = ("GAUGE-81", "GAUGE-82", "GAUGE-83")
VISCOMETER = "VISC-91"

EQUIPMENT = (
    *((number, "mixer", "SZ1") for number in MIXERS),
    *((number, "moulding machine", "SZ1") for number in PRESSES),
    *((number, "assembly line", "SU1") for number in ASSEMBLY_LINES),
    *((number, "pouch sealer", "SU1") for number in SEALERS),
    *((number, "lathe", "SU1") for number in LATHES),
    *((number, "passivation bath", "SU1") for number in BATHS),
    *((number, "washer", "SU1") for number in WASHERS),
    *((number, "sterilizer, ethylene oxide", "SU1") for number in STERILIZERS),
    *((number, "packing line", "RT1") for number in PACKERS),
    *((number, "inspection gauge", "SU1") for number in GAUGES),
    (VISCOMETER, "viscometer", "SZ1"),
)
INSTRUMENTS = (*GAUGES, VISCOMETER)


@dataclass(frozen=True, slots=True)
class Company:
    """A supplier or customer."""

    number: str
    name: str
    market: str
    city: str = ""
    role: str = "customer"
    reachable: bool = True


SUPPLIERS = tuple(
    Company(number, name, market, role="supplier")
    for number, name, market in (
        ("SUP-01", "Haixing Vinyls", "CN"),
        ("SUP-02", "Rheintal Polymer", "DE"),
        ("SUP-03", "Norvik Chemicals", "NO"),
        ("SUP-04", "Pearl River Plastics", "CN"),
        ("SUP-05", "Taihu Tubing", "CN"),
        ("SUP-06", "Kansai Cannula", "JP"),
        ("SUP-07", "Finepore Filters", "GB"),
        ("SUP-08", "Baoxin Titanium", "CN"),
        ("SUP-09", "Lorrain Alliages", "FR"),
        ("SUP-10", "Clearseal Films", "US"),
        ("SUP-11", "Maasdruk Packaging", "NL"),
        ("SUP-12", "Softcare Dressings", "IE"),
    )
)

CUSTOMERS = tuple(
    Company(number, name, market, city, reachable=number != "CUST-18")
    for number, name, market, city in (
        ("CUST-01", "Klinikum Nordhafen", "DE", "Hamburg"),
        ("CUST-02", "Hospital Isartal", "DE", "Munich"),
        ("CUST-03", "Clinique du Rivage", "FR", "Nantes"),
        ("CUST-04", "Centre Hospitalier des Alpes", "FR", "Grenoble"),
        ("CUST-05", "Maasstad Ziekenhuis Zuid", "NL", "Rotterdam"),
        ("CUST-06", "Ziekenhuis De Vecht", "NL", "Utrecht"),
        ("CUST-07", "St Oswald Infirmary", "GB", "Leeds"),
        ("CUST-08", "Severn Valley Hospital", "GB", "Bristol"),
        ("CUST-09", "Kantonsspital Seetal", "CH", "Lucerne"),
        ("CUST-10", "Lakeside Medical Center", "US", "Chicago"),
        ("CUST-11", "Mesa Verde Hospital", "US", "Denver"),
        ("CUST-12", "Bayfront General", "US", "Tampa"),
        ("CUST-13", "Harbourview Health", "CA", "Halifax"),
        ("CUST-14", "Fraser Plains Hospital", "CA", "Calgary"),
        ("CUST-15", "Linjiang People's Hospital", "CN", "Chongqing"),
        ("CUST-16", "Donghu Hospital", "CN", "Wuhan"),
        ("CUST-17", "Kallang General Hospital", "SG", "Singapore"),
        ("CUST-18", "Marina Surgical Centre", "SG", "Singapore"),
        ("CUST-19", "Minato Clinic", "JP", "Osaka"),
        ("CUST-20", "Weser Medical Supply", "DE", "Bremen"),
        ("CUST-21", "Great Plains Distribution", "US", "Omaha"),
    )
)

BY_MARKET: dict[str, tuple[Company, ...]] = {
    market: tuple(customer for customer in CUSTOMERS if customer.market == market)
    for market in sorted({customer.market for customer in CUSTOMERS})
}
