"""A wholesaler's goods: units, sites, items of every kind, and item groups."""

from sandbox.conductor.file.records import Record

from .company_builder import Setup

_GOODS = ("Kettle", "Teapot", "Mug", "Tray", "Lamp", "Stool", "Bench", "Crate", "Basket", "Rack", "Clock", "Mirror")
_MAKES = ("Steel", "Oak", "Walnut", "Glass", "Copper")


def add_stock(setup: Setup, vendors: list[Record]) -> None:
    """Adds sites, units and items."""
    _add_units(setup)
    setup.put("inventory-sites", "Main Warehouse", isDefault=True, description="Ground floor and yard")
    for name in ("Aisle 1, Shelf A", "Aisle 1, Shelf B", "Aisle 2, Shelf A"):
        setup.put("inventory-sites", name, parent=setup.ref("inventory-sites", "Main Warehouse"))
    setup.put("inventory-sites", "Riverside Store")
    setup.put("inventory-sites", "Old Depot", isActive=False)
    _add_inventory(setup, vendors)
    _add_assemblies(setup)
    _add_other_items(setup)
    _add_groups(setup)


def _add_units(setup: Setup) -> None:
    each = {"name": "Each", "abbreviation": "ea"}
    related = [
        {"name": "Dozen", "abbreviation": "dz", "conversionRatio": "12"},
        {"name": "Case", "abbreviation": "cs", "conversionRatio": "24"},
    ]
    defaults = [{"unitUsedFor": "purchase", "unit": "Case"}]
    setup.put(
        "unit-of-measure-sets",
        "Count",
        unitOfMeasureType="count",
        baseUnit=each,
        relatedUnits=related,
        defaultUnits=defaults,
    )
    kilo = {"name": "Kilogram", "abbreviation": "kg"}
    setup.put(
        "unit-of-measure-sets", "Weight", unitOfMeasureType="weight", baseUnit=kilo, relatedUnits=[], defaultUnits=[]
    )


def _make_stock_item(setup: Setup, name: str, cost: float, vendor: Record | None) -> Record:
    return {
        "salesDescription": name,
        "salesPrice": f"{cost * 1.6:.2f}",
        "incomeAccount": setup.ref("accounts", "Sales"),
        "purchaseDescription": f"{name}, wholesale",
        "purchaseCost": f"{cost:.2f}",
        "cogsAccount": setup.ref("accounts", "Cost of Goods Sold"),
        "assetAccount": setup.ref("accounts", "Inventory Asset"),
        "preferredVendor": {"id": vendor["id"], "fullName": vendor["fullName"]} if vendor else None,
        "unitOfMeasureSet": setup.ref("unit-of-measure-sets", "Count"),
        "salesTaxCode": setup.ref("sales-tax-codes", "Tax"),
        "quantityOnHand": setup.chance.randrange(0, 400),
        "averageCost": f"{cost:.2f}",
        "quantityOnPurchaseOrder": 0,
        "quantityOnSalesOrder": 0,
    }


def _add_inventory(setup: Setup, vendors: list[Record]) -> None:
    for make in _MAKES:
        setup.put("inventory-items", make, **_make_stock_item(setup, make, 1.0, None))
        for good in _GOODS:
            name, cost = f"{make} {good}", setup.chance.randrange(150, 9_000) / 100
            known = _make_stock_item(setup, name, cost, setup.chance.choice(vendors))
            setup.put("inventory-items", f"{make}:{good}", sku=f"{make[:2]}-{good[:3]}".upper(), **known)


def _add_assemblies(setup: Setup) -> None:
    for make in _MAKES[:3]:
        parts = [
            {"inventoryItem": setup.ref("inventory-items", f"{make}:{good}"), "quantity": 1}
            for good in ("Teapot", "Tray")
        ]
        parts.append({"inventoryItem": setup.ref("inventory-items", f"{make}:Mug"), "quantity": 4})
        setup.put(
            "inventory-assembly-items",
            f"{make} tea set",
            lines=parts,
            **_make_stock_item(setup, f"{make} tea set", 60.0, None),
        )


def _add_other_items(setup: Setup) -> None:
    for resource, names in (
        ("non-inventory-items", ("Packing paper", "Pallets", "Labels")),
        ("service-items", ("Delivery", "Engraving", "Gift wrap")),
        ("other-charge-items", ("Freight", "Fuel surcharge")),
    ):
        for name in names:
            account = setup.ref("accounts", "Services")
            details = {"description": name, "price": "12.50", "pricePercentage": None, "postingAccount": account}
            setup.put(resource, name, salesOrPurchaseDetails=details)
    account = setup.ref("accounts", "Sales")
    setup.put("discount-items", "Trade discount", discountRatePercent="-5.0", account=account)
    setup.put("subtotal-items", "Subtotal", description="Subtotal")


def _add_groups(setup: Setup) -> None:
    for make in _MAKES:
        goods = [
            (f"{make}:{good}", count)
            for good, count in (("Kettle", 1), ("Mug", 6), ("Tray", 1), ("Teapot", 1), ("Basket", 2))
        ]
        lines = [
            {"item": setup.ref("inventory-items", name), "quantity": count, "unitOfMeasure": "Each"}
            for name, count in goods
        ]
        known = {"description": f"{make} breakfast set", "shouldPrintItemsInGroup": True, "lines": lines}
        setup.put("item-groups", f"{make} breakfast set", **known)
