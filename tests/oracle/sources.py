"""A seeded generator of things to bill, in every mixture that the rules tell apart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from tests.oracle.reckoning import UNTAXED, Item, Tax

TAXES = (
    Tax("A20", "S", "20"),
    Tax("B20", "S", "20"),  # the same tax under another code, as for goods and services
    Tax("A21", "S", "21"),
    Tax("A055", "S", "5.5"),
    Tax("A0825", "S", "8.25"),
    Tax("A0", "Z", "0"),
)
CURRENCIES = ("EUR",) * 6 + ("USD", "JPY", "JPY", "KRW", "KWD", "KWD", "TND")
LEVELS = ("contract", "ticket", "entry", "compressed")


@dataclass(frozen=True)
class Source:
    """What one invoice is made of, and how its charges are put on lines and taxed."""

    currency: str
    policy: str
    level: str
    surcharged: bool
    items: list[Item]


def number(chance: Random, top: int, decimals: int) -> str:
    """Return a decimal number above 0 and up to `top`, with up to `decimals` decimals."""
    places = chance.randint(0, decimals)
    digits = chance.randint(1, top * 10**places)
    whole, rest = divmod(digits, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def item(chance: Random, key: str, contract: tuple[str, Tax], *, backwards: bool) -> Item:
    """Return one item of a contract; `backwards` takes most of them back."""
    owner, tax = contract
    if tax is not UNTAXED and chance.random() < 0.2:
        tax = chance.choice(TAXES)
    ticket = f"{owner}-t{chance.randint(1, 3)}" if chance.random() < 0.7 else None
    sign = "-" if chance.random() < (0.9 if backwards else 0.06) else ""
    made = Item(key, owner, ticket, tax, number(chance, 400, 4))
    if ticket and chance.random() < 0.6:
        made = replace(made, minutes=int(f"{sign}{chance.randint(1, 480)}"))
    else:
        made = replace(made, quantity=sign + number(chance, 40, 4))
        if chance.random() < 0.3:
            made = replace(made, discount=number(chance, 100, 2))
    if chance.random() < 0.3:
        made = replace(made, surcharge=number(chance, 12, 2))
    return made


def sources(seed: int, amount: int, currencies: tuple[str, ...] = CURRENCIES) -> Iterator[Source]:
    """Yield `amount` sources; the same seed yields the same ones."""
    chance = Random(seed)  # noqa: S311  # repeatable on purpose
    for _ in range(amount):
        contracts = [
            (f"k{n}", chance.choice(TAXES) if chance.random() < 0.85 else UNTAXED)
            for n in range(chance.randint(1, 3))
        ]
        backwards = chance.random() < 0.05
        yield Source(
            currency=chance.choice(currencies),
            policy=chance.choice(("category", "line")),
            level=chance.choice(LEVELS),
            surcharged=chance.random() < 0.6,
            items=[
                item(chance, f"c{n:02d}", chance.choice(contracts), backwards=backwards)
                for n in range(chance.randint(1, 14))
            ],
        )
