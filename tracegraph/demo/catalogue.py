"""What the firm buys, makes and sells: products, their bills of materials and package levels."""

from __future__ import annotations

from dataclasses import dataclass

from tracegraph.demo.numbers import MILLI, gtin

EUROPEAN = ("DE", "FR", "NL", "GB", "CH")
AMERICAN = ("US", "CA")
ASIAN = ("CN", "SG", "JP")


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a bill: thousandths of the part's unit in one unit of the product."""

    product: str
    milli: int = MILLI


@dataclass(frozen=True, slots=True)
class Product:
    """A product, with what its record says."""

    number: str
    name: str
    prefix: str
    unit: str = "each"
    bill: tuple[Part, ...] = ()
    reference: int = 0
    carton: int = 0
    case: int = 0
    serialised: bool = False
    risk_class: str | None = None
    markets: tuple[str, ...] = ()
    shelf_life_days: int | None = None

    @property
    def gtin(self) -> str:
        """The GTIN of one base unit; empty where the product is never sold."""
        return gtin(self.reference) if self.reference else ""

    @property
    def carton_gtin(self) -> str:
        """The GTIN of a carton."""
        return gtin(self.reference, 1)

    @property
    def case_gtin(self) -> str:
        """The GTIN of a case of cartons."""
        return gtin(self.reference, 2)

    @property
    def step(self) -> int:
        """The smallest amount that is drawn: a whole piece, or a gram or millimetre."""
        return MILLI if self.unit == "each" else 1


def _set(
    number: str, label: str, reference: int, markets: tuple[str, ...], *, serials: bool
) -> Product:
    return Product(
        number, f"Infusion set 180 cm, {label} label", "IS",
        bill=(Part("ST-SET"), Part("RM-BOX")), reference=reference, carton=50, case=500,
        serialised=serials, risk_class="IIa", markets=markets, shelf_life_days=1825,
    )  # fmt: skip


def _screw(size: str, name: str, reference: int) -> Product:
    return Product(
        f"BS-{size}", name, "BS", bill=(Part(f"PS-{size[:2]}"), Part("RM-BOX")),
        reference=reference, carton=25, case=250, serialised=True, risk_class="IIb",
        markets=(*EUROPEAN, *AMERICAN), shelf_life_days=3650,
    )  # fmt: skip


_ALL = (
    # Raw material and bought parts
    Product("RM-PVC", "PVC resin, medical grade", "R", "kg", shelf_life_days=730),
    Product("RM-PLS", "Plasticiser TOTM", "P", "kg", shelf_life_days=730),
    Product("RM-ABS", "ABS resin, medical grade", "B", "kg", shelf_life_days=730),
    Product("RM-FLT", "Filter disc 15 um", "FL"),
    Product("RM-TUB", "Tubing 3.0 x 4.1 mm", "T", "m", shelf_life_days=1095),
    Product("RM-NDL", "Needle 21G, butterfly", "N", shelf_life_days=1825),
    Product("RM-PCH", "Sterile barrier film", "F", "m", shelf_life_days=1095),
    Product("RM-BOX", "Unit box with label", "BX"),
    Product("RM-DRS", "Dressing, transparent", "DR", shelf_life_days=1095),
    Product("RM-TI", "Titanium bar Ti-6Al-4V ELI, 8 mm", "TI", "m"),
    # Infusion sets
    Product("CP-PVC", "PVC compound", "C", "kg", (Part("RM-PVC", 700), Part("RM-PLS", 300))),
    Product("MC-DCB", "Drip chamber body", "DCB", bill=(Part("CP-PVC", 8),)),
    Product("MC-SPK", "Spike", "SPK", bill=(Part("RM-ABS", 5),)),
    Product("MC-LUE", "Luer connector", "LUE", bill=(Part("RM-ABS", 2),)),
    Product(
        "SA-DCH", "Drip chamber assembly", "DCH",
        bill=(Part("MC-DCB"), Part("MC-SPK"), Part("RM-FLT")),
    ),
    Product(
        "SA-LIN", "Drip line", "LIN", bill=(Part("SA-DCH"), Part("RM-TUB", 1800), Part("MC-LUE")),
    ),
    Product("BK-SET", "Infusion set, bulk", "BLK", bill=(Part("SA-LIN"), Part("RM-NDL"))),
    Product("ST-SET", "Infusion set, pouched", "STS", bill=(Part("BK-SET"), Part("RM-PCH", 250))),
    _set("FG-IS180", "European", 180, EUROPEAN, serials=True),
    _set("FG-IS180U", "American", 181, AMERICAN, serials=True),
    _set("FG-IS180C", "Asian", 182, ASIAN, serials=False),
    Product(
        "KT-IV1", "IV start kit", "KT", bill=(Part("FG-IS180"), Part("RM-DRS", 2 * MILLI)),
        reference=901, carton=10, case=100, serialised=True, risk_class="IIa",
        markets=EUROPEAN, shelf_life_days=1000,
    ),
    # Bone screws
    Product("MC-35", "Screw 3.5 mm, machined", "MS35", bill=(Part("RM-TI", 45),)),
    Product("MC-45", "Screw 4.5 mm, machined", "MS45", bill=(Part("RM-TI", 60),)),
    Product("AN-35", "Screw 3.5 mm, passivated", "AN35", bill=(Part("MC-35"),)),
    Product("AN-45", "Screw 4.5 mm, passivated", "AN45", bill=(Part("MC-45"),)),
    Product("PS-35", "Screw 3.5 mm, pouched", "PS35", bill=(Part("AN-35"), Part("RM-PCH", 100))),
    Product("PS-45", "Screw 4.5 mm, pouched", "PS45", bill=(Part("AN-45"), Part("RM-PCH", 100))),
    _screw("3530", "Cortical bone screw 3.5 x 30 mm", 3530),
    _screw("4540", "Cortical bone screw 4.5 x 40 mm", 4540),
)  # fmt: skip

PRODUCTS = {product.number: product for product in _ALL}
