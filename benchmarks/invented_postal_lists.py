"""Two mailing lists of invented people, with requests to be left out of the mail and what is right to drop for each.

`miami` is a quadrant grid as in Miami-Dade (NW 7 St, NW 7 Ave, NW 7 Ct, NW 7 Pl and NW 7 Ter are five places), with
Hialeah's W and E grid, named streets, large condominiums, boxes. `mixed` lies in Washington, Colorado, Florida and
Puerto Rico, with military mail. Everybody is made of common first names and common surnames, drawn by a seed; the
addresses are drawn too. The same seed gives the same list. ZIP codes and their cities are those of `zipcodes`.

Run it to look at it:  python -m benchmarks.invented_postal_lists [miami|mixed] [--rows N] [--requests N] [--check]
"""

import argparse
import gc
import resource
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from zlib import crc32

import zipcodes

LEVELS = {"individual": 30, "household": 50, "address": 20}

# ---------------------------------------------------------------------------------------------------------- names

_SPANISH_WOMEN = """Maria Ana Carmen Rosa Martha Luz Gloria Isabel Teresa Patricia Elena Laura Yolanda Silvia Margarita
Alicia Sandra Lourdes Juana Blanca Adriana Mercedes Olga Beatriz Mónica Verónica Claudia Gladys Norma Raquel Angela
Cristina Leticia Daniela Gabriela Natalia Alejandra Valeria Carolina Diana Andrea Paola Yanet Yaneisy Yamilet Dayana
Mirta Caridad Barbara Migdalia Zoila Nilda Iris Aida Irma Elsa Esther Ramona Josefina Dolores Pilar Consuelo Amparo
Esperanza Guadalupe Rocío Inés Lidia Julia Victoria Susana Miriam Marisol Maritza Mayra Lissette Ivette Yesenia Karina
Vanessa Jessica Karla Liliana Marcela Viviana Lorena Xiomara Ileana Idania Odalys Niurka Haydée Ofelia Hortensia
Graciela Eugenia Amalia Antonia Francisca Emilia Noemí Sonia Nancy Evelyn Wanda Marta Sara Ada Belkis Damaris
María|Elena María|José María|Teresa Ana|María Rosa|María María|del|Carmen Luz|Marina Ana|Luisa Carmen|Rosa"""
_SPANISH_MEN = """José Juan Luis Carlos Jorge Pedro Manuel Francisco Miguel Rafael Antonio Roberto Ramón Jesús Alberto
Angel Mario Enrique Fernando Eduardo Ricardo Julio Alejandro Raúl Orlando Oscar Daniel David Sergio Andrés Pablo
Hector Victor Felipe Guillermo Armando Ernesto Rolando Reinaldo Lázaro Rigoberto Osvaldo Humberto Gilberto Arturo
Alfredo Javier César Gerardo Rubén Hugo Iván Diego Santiago Sebastián Mateo Nicolás Gabriel Martín Tomás Ignacio
Joaquín Agustín Esteban Gustavo Rodolfo Leonardo Adrián Mauricio Marcos Félix Israel Ismael Isidro Domingo Salvador
Vicente Emilio Eugenio Gonzalo Wilfredo Efraín Elías Abel Noel Yoel Yunior Yosvani Alexis Ariel Erick Freddy Edwin
Wilson Nelson Walter Amado Evelio Eladio Heriberto Benito Cristóbal José|Luis Juan|Carlos José|Antonio Luis|Alberto
Juan|José Miguel|Angel José|Manuel Carlos|Alberto"""
_ENGLISH_WOMEN = """Mary Patricia Linda Barbara Elizabeth Jennifer Susan Margaret Dorothy Lisa Nancy Karen Betty Helen
Sandra Donna Carol Ruth Sharon Michelle Laura Sarah Kimberly Deborah Jessica Shirley Cynthia Angela Melissa Brenda Amy
Anna Rebecca Virginia Kathleen Pamela Debra Amanda Stephanie Carolyn Christine Marie Janet Catherine Frances Ann Joyce
Diane Alice Julie Heather Teresa Doris Gloria Evelyn Jean Cheryl Katherine Joan Ashley Judith Rose Janice Kelly Nicole
Judy Christina Kathy Beverly Denise Tammy Irene Jane Lori Rachel Marilyn Andrea Kathryn Louise Sara Anne Jacqueline
Wanda Bonnie Julia Ruby Lois Tina Phyllis Norma Paula Diana Annie Lillian Emily Robin Peggy Crystal Gladys Rita Dawn
Connie Florence Tracy Edna Tiffany Carmen Rosa Cindy Grace Wendy Victoria Edith Kim Sherry Sylvia Josephine Thelma
Shannon Sheila Ethel Ellen Elaine Marjorie Carrie Charlotte Monica Esther Pauline Emma Juanita Anita Rhonda Hazel Amber
Eva Debbie April Leslie Clara Lucille Jamie Joanne Eleanor Valerie Danielle Megan Alicia Suzanne Gail Bertha Darlene
Mary|Ann Mary|Jo Betty|Lou Anh Mei Priya Keisha Latoya Ingrid Astrid"""
_ENGLISH_MEN = """James John Robert Michael William David Richard Charles Joseph Thomas Christopher Daniel Paul Mark
Donald George Kenneth Steven Edward Brian Ronald Anthony Kevin Jason Matthew Gary Timothy Larry Jeffrey Frank Scott
Eric Stephen Andrew Raymond Gregory Joshua Jerry Dennis Walter Patrick Peter Harold Douglas Henry Carl Arthur Ryan Roger
Joe Jack Albert Jonathan Justin Terry Gerald Keith Samuel Willie Ralph Lawrence Nicholas Roy Benjamin Bruce Brandon Adam
Harry Fred Wayne Billy Steve Louis Jeremy Aaron Randy Howard Eugene Carlos Russell Bobby Victor Martin Ernest Phillip
Todd Jesse Craig Alan Shawn Clarence Sean Philip Chris Johnny Earl Jimmy Antonio Bryan Tony Mike Stanley Leonard Nathan
Dale Manuel Rodney Curtis Norman Allen Marvin Vincent Glenn Jeffery Travis Jeff Chad Jacob Lee Melvin Alfred Kyle
Francis Bradley Herbert Frederick Ray Joel Edwin Don Eddie Ricky Troy Randall Barry Alexander Bernard Leroy Clifford
Minh Wei Raj Tyrone Darnell Lars Sven Bjorn"""
_SPANISH_LAST = """Rodríguez García González Hernández Pérez Martínez López Fernández Díaz Sánchez Gómez Ramírez Álvarez
Torres Suárez Alvarez Alfonso Morales Castillo Jiménez Rivera Vázquez Ruiz Castro Ortiz Cruz Reyes Gutiérrez Mendoza
Acosta Delgado Herrera Flores Valdés Núñez Medina Vargas Romero Cabrera Ramos Santana Rojas Soto Méndez Molina Guerra
Domínguez Silva Guzmán Peña Santos Aguilar Moreno Espinosa Mejía Muñoz Vega Rosario Ríos Contreras León Marrero Leyva
Figueroa Ortega Padrón Chávez Miranda Salazar Zamora Estrada Navarro Cárdenas Velázquez Pineda Cordero Bermúdez Blanco
Batista Quintero Arias Ibarra Lara Campos Montero Escobar Carmona Betancourt Prieto Fuentes Mesa Barrios Lozano Ávila
Paredes Rivas Cuevas Aguirre Serrano Montes Pacheco Cortés Pino Varela Valencia Trujillo Calderón Orozco Osorio Duarte
Benítez Machado Ferrer Rosales Arango Echeverría Bello Cano Zayas Fonseca Nodarse Piñeiro Izquierdo Céspedes Borges
Armas Socarrás Pujol Ojeda Lugo Rubio Vidal Giraldo Villanueva Villalobos Bravo Gallego Solís Ochoa Maldonado Sandoval
Arroyo Colón Maldonado Nieves Quiñones Feliciano Irizarry Burgos Negrón Rentas Matos Otero Pagán Báez Cepeda Alicea
Cintrón Rolón Oquendo Toledo Olivera Amador Portal Peralta Polanco Tejada Almonte Ventura Abreu Mercado Liriano Paulino
de|la|Cruz de|León del|Valle de|Armas de|los|Santos del|Río de|la|Torre de|la|Rosa de|Jesús del|Pino de|la|Paz
Zaldívar Galván Lemus Cisneros Grau Iglesias Landa Mirabal Noriega Obregón Palacios Quesada Roque Sardiñas Tamayo
Urbina Vallejo Yanes Zúñiga"""
_ENGLISH_LAST = """Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Martin Jackson
Thompson White Lee Harris Clark Lewis Robinson Walker Hall Young Allen King Wright Hill Scott Green Adams Baker Nelson
Campbell Mitchell Carter Roberts Phillips Evans Turner Parker Edwards Collins Stewart Morris Murphy Cook Rogers Morgan
Peterson Cooper Reed Bailey Bell Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray James Hughes Price
Myers Long Foster Sanders Ross Powell Sullivan Russell Perry Butler Barnes Fisher Henderson Coleman Simmons Patterson
Jordan Reynolds Hamilton Graham Kim Wallace West Cole Hayes Gibson Bryant Ellis Stevens Murray Ford Marshall Owens
Harrison McDonald Woods Washington Kennedy Wells Henry Chen Freeman Webb Tucker Burns Crawford Olson Simpson Porter
Hunter Gordon Hicks Palmer Wagner Robertson Black Holmes Stone Meyer Boyd Mills Warren Fox Rose Rice Schmidt Patel
Ferguson Nichols Knight Dunn Weaver Hudson Spencer Gardner Stephens Payne Pierce Berry Matthews Arnold Willis Watkins
Carroll Cunningham Hart Andrews Bradley Lane Riley Armstrong Carpenter Lawrence Elliott Sims Austin Peters Kelley
Franklin Lawson Fields Nguyen Tran Pham Singh Larson Carlson Hansen Jensen Christensen Sorensen Lindberg Fuller Ryan
Schultz Weber Fowler Schneider Mueller Hoffman Keller Becker Lang Vogel Kramer Fischer Street Park Banks Church Mason
Hale Norris Barrett Bishop Jennings Lowe Barton Hopkins Curtis Little Lynch Bowman Fleming Day Holland Horton Walsh
Oliver Newman Lyons Ramsey Wolfe Mullins Benson Sharp Bowen Daniel Barber Cummings Hines Baldwin Griffith Hubbard
Reeves Warner Burgess Cross Francis Garner Goodman Haynes Higgins Ingram Malone Maxwell Mckinney Norton Osborne Potter
Rhodes Rowe Saunders Swanson Todd Underwood Vaughn Walton Yates Zimmerman O'Brien O'Connor McCarthy McGrath MacLeod
Van|Dyke Van|Buren Von|Braun St|John De|Vries Van|der|Meer"""
_HAITIAN_LAST = """Pierre Joseph Jean Louis Charles Francois Baptiste Jean-Baptiste St|Fleur St|Louis Pierre-Louis Desir
Toussaint Cadet Augustin Dorvil Exantus Michel Noel Paul Etienne Jean-Louis Lafontant Estime Celestin St|Hilaire"""
_NICKNAMES = {
    "Robert": "Bob", "William": "Bill", "James": "Jim", "John": "Jack", "Richard": "Rick", "Charles": "Chuck",
    "Thomas": "Tom", "Michael": "Mike", "David": "Dave", "Joseph": "Joe", "Christopher": "Chris", "Daniel": "Dan",
    "Donald": "Don", "Kenneth": "Ken", "Steven": "Steve", "Edward": "Ed", "Ronald": "Ron", "Anthony": "Tony",
    "Matthew": "Matt", "Timothy": "Tim", "Jeffrey": "Jeff", "Andrew": "Andy", "Gregory": "Greg", "Lawrence": "Larry",
    "Samuel": "Sam", "Benjamin": "Ben", "Nicholas": "Nick", "Gerald": "Jerry", "Stephen": "Steve", "Frederick": "Fred",
    "Elizabeth": "Liz", "Margaret": "Peggy", "Patricia": "Pat", "Jennifer": "Jen", "Barbara": "Barb",
    "Deborah": "Debbie", "Katherine": "Kathy", "Catherine": "Cathy", "Susan": "Sue", "Rebecca": "Becky",
    "Kimberly": "Kim", "Cynthia": "Cindy", "Pamela": "Pam", "Christine": "Chris", "Virginia": "Ginny",
    "Dorothy": "Dot", "Jacqueline": "Jackie", "Judith": "Judy", "Victoria": "Vicky", "Sandra": "Sandy",
    "José": "Pepe", "Francisco": "Pancho", "Jesús": "Chucho", "Ignacio": "Nacho", "Guadalupe": "Lupe",
    "Dolores": "Lola", "Rosario": "Charo", "Mercedes": "Merche", "Consuelo": "Chelo", "Isabel": "Isa",
    "Teresa": "Tere", "Alejandro": "Alex", "Alejandra": "Alex", "Enrique": "Quique", "Manuel": "Manny",
    "Roberto": "Beto", "Alberto": "Beto", "Eduardo": "Eddie", "Rafael": "Rafa", "Gabriela": "Gaby", "Patricio": "Pat",
    "Guillermo": "Memo", "Ricardo": "Ricky", "Graciela": "Chela", "Rigoberto": "Rigo", "Lourdes": "Lulu",
    "Margarita": "Margie", "Yolanda": "Yoli", "Leticia": "Lety", "Antonio": "Tony", "Miguel": "Mike", "Jorge": "George",
    "Caridad": "Cachita", "Gustavo": "Gus", "Fernando": "Nando", "Sebastián": "Sebas", "Santiago": "Santi",
}  # fmt: skip
_PARTICLES = frozenset(("de", "la", "las", "los", "del", "van", "von", "der", "st", "mc", "y"))


def _listed(text: str) -> list[str]:
    return [word.replace("|", " ") for word in text.split()]


@dataclass(frozen=True)
class _Frequent:
    """Words of which the early ones come much more often, as names do."""

    words: list[str]
    sums: list[float]

    @classmethod
    def of(cls, text: str) -> "_Frequent":
        words = list(dict.fromkeys(_listed(text)))
        return cls(words, list(accumulate((rank + 9) ** -0.85 for rank in range(len(words)))))

    def one(self, chance: Random) -> str:
        return chance.choices(self.words, cum_weights=self.sums)[0]


_FIRST = {
    (True, True): _Frequent.of(_SPANISH_WOMEN),
    (True, False): _Frequent.of(_SPANISH_MEN),
    (False, True): _Frequent.of(_ENGLISH_WOMEN),
    (False, False): _Frequent.of(_ENGLISH_MEN),
}
_LAST_SPANISH = _Frequent.of(_SPANISH_LAST)
_LAST_ENGLISH = _Frequent.of(_ENGLISH_LAST)
_LAST_HAITIAN = _Frequent.of(_HAITIAN_LAST)


def plain(text: str) -> str:
    """Without accents."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def surname_tokens(surnames: Sequence[str]) -> frozenset[str]:
    """The words of surnames that tell families apart: lower case, no accents, no particles."""
    words = " ".join(surnames).replace("-", " ").replace("'", "")
    return frozenset(word for word in plain(words).lower().split() if word not in _PARTICLES)


# ------------------------------------------------------------------------------------------- what is handed out


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a mailing list, as its owner keeps it; `number` is the customer number and unique."""

    number: int
    name: str
    line1: str
    line2: str
    city: str
    state: str
    zip: str


@dataclass(frozen=True, slots=True)
class PostalRequest:
    """What a customer wrote, and the customer numbers of the rows that it means.

    `drop`: right to drop at this level. `own`: the rows that show the requester's own name. `doubtful`: rows that a
    fair judge counts neither way (a Jr asks without saying so and the Sr is listed too; a family under a surname which
    the request does not mention); never in `drop`. `damages`: how the request differs from the address in the postal
    service's spelling and from the name. `traps`: what else on the list looks like it. `kind`: of address.
    `stranger`: for somebody who is not on the list, how near they live; else empty.
    """

    name: str
    street: str | None
    unit: str | None
    city: str | None
    state: str | None
    zip: str | None
    level: str
    drop: frozenset[int]
    own: frozenset[int]
    doubtful: frozenset[int]
    damages: tuple[str, ...]
    traps: tuple[str, ...]
    kind: str
    stranger: str


@dataclass(frozen=True, slots=True)
class PostalList:
    """A mailing list and the requests of people, most of whom are on it."""

    rows: list[ListRow]
    requests: list[PostalRequest]


# --------------------------------------------------------------------------------------- people and places behind it


@dataclass(slots=True, eq=False)
class _Person:
    first: str
    middle: str
    surnames: tuple[str, ...]
    generation: str
    woman: bool
    spanish: bool


@dataclass(slots=True, eq=False)
class _Street:
    """The parts of a street's name; the suffix as the postal service abbreviates it. A number is kept bare: '7'."""

    pre: str
    name: str
    suffix: str
    post: str = ""
    official: str = field(init=False)

    def __post_init__(self) -> None:
        name = ordinal(int(self.name)) if self.name.isdigit() and self.suffix not in _PREFIXES else self.name
        words = (self.suffix, name) if self.suffix in _PREFIXES else (self.pre, name, self.suffix, self.post)
        self.official = plain(" ".join(word for word in words if word)).upper()


@dataclass(slots=True, eq=False)
class _Stretch:
    """The part of a street that lies in one ZIP code, between two house numbers."""

    street: _Street
    low: int
    high: int
    urbanization: str = ""


@dataclass(slots=True, eq=False)
class _Area:
    """A ZIP code: its streets, how much of its mail goes to large buildings, boxes and rural routes."""

    code: str
    state: str
    city: str
    others: list[str]
    colloquial: list[str]
    stretches: list[_Stretch]
    weight: float
    towers: float = 0.2
    boxes: float = 0.04
    routes: float = 0.0
    group: int = 0
    lettered: bool = False
    shop: "_Building | None" = None


@dataclass(slots=True, eq=False)
class _Building:
    number: str
    stretch: _Stretch
    designator: str
    units: list[str]


@dataclass(slots=True, eq=False)
class _Place:
    """One delivery address. For boxes `number` is the box and `route` what stands before BOX ('PO', 'HC 3')."""

    kind: str
    area: _Area
    number: str
    street: _Street | None = None
    urbanization: str = ""
    designator: str = ""
    unit: str = ""
    route: str = ""
    building: _Building | None = None
    entries: list[int] = field(default_factory=list)

    @property
    def has_unit(self) -> bool:
        return bool(self.designator or self.unit)

    def key(self) -> tuple[str, str, str, str]:
        """Equal only for the same place: no city has a house number twice in a street."""
        if self.street is None:
            return self.route, self.number, "", self.area.code
        unit = (self.designator if self.designator in _ALONE or "BLDG" in self.designator else "") + self.unit
        where = self.area.code if self.area.state == "PR" else self.area.city
        return self.number, self.urbanization + self.street.official, unit.replace("-", ""), where


# ------------------------------------------------------------------------------------------------- words of addresses

_SUFFIXES: dict[str, tuple[str, ...]] = {
    "ST": ("Street", "Str"), "AVE": ("Avenue", "Av"), "CT": ("Court", "Crt"), "PL": ("Place",),
    "TER": ("Terrace", "Terr", "Te"), "DR": ("Drive", "Drv"), "RD": ("Road",), "LN": ("Lane",),
    "BLVD": ("Boulevard", "Blv", "Boul"), "CIR": ("Circle", "Circ", "Cr"), "WAY": ("Way", "Wy"),
    "PKWY": ("Parkway", "Pky", "Pkway"), "TRL": ("Trail", "Tr"), "LOOP": ("Loop", "Lp"), "RUN": ("Run",),
    "CV": ("Cove",), "XING": ("Crossing", "Crssng"), "PT": ("Point",), "SQ": ("Square",), "PATH": ("Path",),
    "HWY": ("Highway",),
}  # fmt: skip
_PREFIXES = {"CALLE": ("C", "Cll"), "PASEO": ("Pso",), "CAMINO": ("Cam",), "AVENIDA": ("Ave", "Avda")}
_ALONE = {
    "REAR": ("Rear", "rear unit"),
    "UPPR": ("Upper", "Upstairs"),
    "LOWR": ("Lower", "Downstairs"),
    "FRNT": ("Front",),
    "BSMT": ("Basement", "Bsmt"),
}
_DIRECTIONS = {
    "N": ("North", "Norte"), "S": ("South", "Sur"), "E": ("East", "Este"), "W": ("West", "Oeste"),
    "NW": ("Northwest", "Noroeste"), "NE": ("Northeast", "Noreste"), "SW": ("Southwest", "Suroeste"),
    "SE": ("Southeast", "Sureste"),
}  # fmt: skip
_ORDINALS = _listed("""First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth Thirteenth
Fourteenth Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth Twentieth""")
_ALIASES = {"SW 8TH ST": "Calle Ocho", "SW 40TH ST": "Bird Rd", "SW 24TH ST": "Coral Way", "SW 72ND ST": "Sunset Dr",
            "SW 88TH ST": "N Kendall Dr", "SW 152ND ST": "Coral Reef Dr"}  # fmt: skip
_HIGHWAYS = {
    "State Road": ("SR", "St Rd", "State Rd"), "State Route": ("SR", "State Rte"), "County Road": ("CR", "Co Rd"),
    "US Highway": ("US", "US Hwy", "Hwy", "U.S. Highway"), "Highway": ("Hwy",), "State Highway": ("Hwy", "State Hwy"),
}  # fmt: skip


def ordinal(number: int) -> str:
    """7 -> '7th'."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }".replace(" ", "")


_Known = dict[str, tuple[str, str, list[str], list[str], str]]
_CITY_NOISE = ("seybold", "univ", "reshipper", "king", "nmb", "pass", "force", "mail", "facility", " co", "national")


def _cities() -> _Known:
    """For each ZIP code: state, city, the city's other names, names that the postal service does not accept, type."""
    known = {}
    for entry in zipcodes.list_all():
        if entry["active"]:
            loose = [name for name in entry["unacceptable_cities"] if entry["state"] != "PR" and len(name.split()) < 3]
            accepted, loose = (
                [name for name in names if not any(word in name.lower() for word in _CITY_NOISE)]
                for names in (entry["acceptable_cities"], loose)
            )
            known[entry["zip_code"]] = (entry["state"], entry["city"], accepted, loose, entry["zip_code_type"])
    return known


def _area(known: _Known, code: str, stretches: list[_Stretch], weight: float, **rest: float) -> _Area:
    return _Area(code, *known[code][:4], stretches, weight, **rest)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------ the Miami grid

# ZIP, quadrant, streets from-to, avenues from-to, weight, share of large buildings.
_GRID = """
33125 NW 5 20 17 37 3 .25         33126 NW 1 12 42 72 3 .40         33127 NW 22 54 1 10 2 .15
33128 NW 1 8 1 10 1 .70           33130 SW 1 15 1 11 2 .55          33132 NE 1 15 1 4 2 .95
33135 SW 1 15 12 36 3 .30         33136 NW 9 20 1 12 1 .50          33137 NE 20 54 1 7 2 .60
33138 NE 55 100 1 12 2 .20        33142 NW 21 54 13 37 3 .15        33144 SW 1 23 57 77 2 .15
33145 SW 16 31 12 32 2 .20        33147 NW 55 100 17 37 3 .08       33150 NW 55 100 1 16 2 .10
33155 SW 25 56 57 77 3 .12        33156 SW 89 136 57 77 2 .12       33157 SW 152 184 77 107 4 .10
33161 NE 115 140 1 16 3 .30       33162 NE 150 179 1 20 3 .20       33165 SW 25 56 78 116 4 .08
33166 NW 36 72 48 72 1 .15        33167 NW 103 118 1 37 1 .08       33168 NW 119 150 1 16 2 .10
33169 NW 151 210 1 26 3 .25       33172 NW 1 25 87 114 3 .60        33173 SW 57 87 78 106 3 .25
33174 SW 1 23 87 107 2 .35        33175 SW 25 56 117 146 4 .08      33176 SW 89 136 78 106 4 .25
33177 SW 168 215 107 136 4 .06    33178 NW 41 90 97 117 3 .40       33179 NE 180 215 1 20 3 .45
33183 SW 57 87 107 146 3 .35      33184 SW 1 23 117 137 2 .20       33185 SW 25 56 147 166 2 .06
33186 SW 89 136 107 146 5 .25     33187 SW 137 215 147 177 2 .03    33189 SW 185 215 77 106 2 .15
33193 SW 57 87 147 166 4 .35      33196 SW 89 136 147 166 4 .25     33032 SW 232 288 112 147 3 .15
33033 SW 289 320 137 162 3 .20    33030 SW 296 344 167 197 2 .15    33031 SW 216 295 167 210 1 .02
33170 SW 216 231 107 147 1 .05    33182 NW 1 25 117 137 1 .10       33055 NW 170 215 38 57 2 .08
33056 NW 170 215 27 37 2 .06      33054 NW 119 150 17 37 2 .12      33010 W 1 25 1 12 3 .35
33013 E 26 65 1 12 2 .15          33012 W 26 59 1 20 5 .40          33016 W 53 80 21 34 3 .50
33014 W 60 84 1 16 2 .30          33018 W 81 99 21 36 3 .15
"""
# ZIP, weight, share of large buildings: streets with names and the house numbers from-to.
_NAMED = """
33134 3 .30: Alcántara AVE 100 2200; Almería Vista AVE 100 1600; Castile Walk AVE 100 1300; Mallorca AVE 30 900; Menorca Bay AVE 30 900; Navarra AVE 50 1300; Cortez ST 1500 3600; Asturia Park AVE 200 1700; Segura Grove ST 700 3600; Galiano Park ST 1000 3400; Ponce Villa BLVD 800 3500; E Ponce Villa BLVD 800 1200; Douglas Mill RD 800 4100; Toledo Arch ST 3000 5800; Anastasia Grove AVE 400 1700
33146 2 .15: Alhama CIR 3800 6900; Riviera Palm DR 3900 6900; San Amaro Oak DR 5000 6600; Mataro AVE 900 1500; Santa Olalla ST 5000 6700; Hardee Mill AVE 100 800; Granada Point BLVD 3700 6500; Certosa Lane AVE 200 800; Toledo Arch ST 5900 7000; Ponce Villa BLVD 4100 5400
33133 3 .50: Tiger Palm AVE 2400 3500; Mary Hill ST 2900 3400; S Bay Shore DR 1600 3700; Day Star AVE 2900 3700; Main Anchor HWY 3400 4200; Poinciana Park AVE 3500 4000; Grand Sail AVE 3100 3900; Oak Grove ST 3100 3400; S Dixie Coral HWY 2500 3500; Court Lake AVE 3000 3400
33131 3 .97: Brickell Sound AVE 500 1800; Brickell Sound DR 1100 1700; Brickell Key View DR 500 900; SE 3 ST 1 200; SE 8 ST 1 100; S Miami View AVE 800 1500; Biscayne Sound BLVD 100 300
33129 2 .50: Brickell Sound AVE 1900 3000; SW 20 RD 100 600; SW 23 RD 100 600; SW 25 RD 100 600; S Miami View AVE 1600 3600; SW 1 AVE 1800 2900
33139 5 .80: Collins Shore AVE 100 2300; Washington Palm AVE 100 1900; Meridian Walk AVE 200 1900; Euclid Bay AVE 200 1800; West AVE 500 1900; Alton Cove RD 100 2000; Ocean DR 100 1500; 8 ST 200 1500; 12 ST 200 1500; 14 ST 200 1300; Bay Lincoln RD 100 1700; N Venetian Sound WAY 700 1200; Lenox Park AVE 300 1900
33140 3 .85: Collins Shore AVE 2400 5900; Indian Reef DR 2500 6000; Pine Tree DR 2600 6300; Meridian Walk AVE 2000 4900; W 41 ST 100 900; Sheridan Grove AVE 2600 5300; N Bay RD 2600 6000; Prairie Fox AVE 2600 4900
33141 4 .75: Collins Shore AVE 6000 8600; Harding Reef AVE 6700 8700; Abbott Key AVE 6700 8700; Byron Key AVE 6700 8700; Carlyle Key AVE 6700 8700; Bay DR 100 2400; E Treasure Isle DR 7500 7900; Bay Terrace ST 800 1500; 71 ST 500 1900; W Bay Marseille DR 900 1900
33154 2 .85: Collins Shore AVE 8700 10300; Harding Reef AVE 8800 9600; Bay Harbor Isle DR 9000 10300; E Bay Isle DR 9100 10300; Kane Reef CT 1000 1200; 95 ST 200 900; Carlyle Key AVE 8800 9500
33160 6 .92: Collins Shore AVE 15800 19400; NE 171 ST 1700 4200; Sunny Dunes BLVD 100 500; Atlantic Sail AVE 18000 19300; Bay View DR 16400 18000; NE 35 AVE 16300 17300; W Country Fair DR 19200 20000; N Bay RD 17000 18700
33180 5 .90: E Country Fair DR 19300 20500; N Country Fair DR 20500 21300; W Country Fair DR 20100 21200; Mystic Heron DR 3300 3800; NE 30 AVE 18700 21000; NE 191 ST 2200 3700; NE 203 ST 2200 3300; Turnberry Oak WAY 19200 20000; Island BLVD 1000 7900
33149 1 .75: Crandon Palm BLVD 100 1200; Grapetree Bay DR 100 600; Ocean Lane DR 100 500; Harbor DR 100 800; W Mashta Cove DR 100 700; Galen Reef DR 100 400; E Heather Isle DR 200 700
33158 1 .05: Old Cutler Mill RD 13600 16700; Mangrove Heron DR 6300 7200; Coral Court LN 6600 7600; Paradise Point DR 13900 15200
33109 1 .99: Fisher Sound DR 1000 7900
33122 1 .30: Doral Heron CIR 8300 9700; NW 58 ST 7800 8700; NW 82 AVE 2500 5300
33190 1 .40: SW 216 ST 8300 8700; SW 87 AVE 21600 22500; Lakes By The Bay BLVD 20800 22400; SW 89 PL 21600 22200; Old Cutler Mill RD 20500 22300
"""  # noqa: E501
_MIAMI_BOXES = "33116 33255 33256 33265 33283 33296 33017 33011 33239 33163 33090 33152 33114 33266"


def _miami_areas(chance: Random) -> list[_Area]:
    known = _cities()
    words = _GRID.split()
    areas = []
    for code, quadrant, *numbers, weight, towers in zip(*[iter(words)] * 8, strict=True):
        stretches = _grid_stretches(chance, quadrant, *map(int, numbers))
        areas.append(_area(known, code, stretches, float(weight), towers=0.75 * float(towers)))
    for line in _NAMED.strip().splitlines():
        head, _, streets = line.partition(": ")
        code, weight, towers = head.split()
        stretches = [_named_stretch(text) for text in streets.split("; ")]
        areas.append(_area(known, code, stretches, float(weight), towers=0.75 * float(towers)))
    areas += [_area(known, code, [], 0.35, boxes=1.0) for code in _MIAMI_BOXES.split()]
    for area in areas:
        _open_shop(chance, area, 0.35)
    return areas


def _grid_stretches(chance: Random, quadrant: str, low: int, high: int, west: int, east: int) -> list[_Stretch]:
    """Streets and terraces run across the avenues, whose numbers their houses bear; avenues, courts, places along."""
    stretches: dict[str, _Stretch] = {}
    for _ in range(75):
        suffix = chance.choices(("ST", "TER", "LN", "AVE", "CT", "PL", "PATH"), (34, 22, 2, 18, 12, 11, 1))[0]
        across = suffix in ("ST", "TER", "LN")
        name, (first, last) = (low, high) if across else (west, east), (west, east) if across else (low, high)
        start = chance.randint(first, last)
        end = min(last, start + chance.randint(2, 9))
        street = _Street(quadrant, str(chance.randint(*name)), suffix)
        stretches.setdefault(street.official, _Stretch(street, start * 100 + 1, end * 100 + 99))
    return list(stretches.values())


def _named_stretch(text: str) -> _Stretch:
    *words, suffix, low, high = text.split()
    pre = words.pop(0) if len(words) > 1 and words[0] in _DIRECTIONS else ""
    return _Stretch(_Street(pre, " ".join(words), suffix), int(low), int(high))


def _open_shop(chance: Random, area: _Area, share: float) -> None:
    """A shop that rents out private mailboxes."""
    if area.stretches and chance.random() < share:
        stretch = chance.choice(area.stretches)
        numbers = [str(number) for number in range(101, chance.randint(180, 420))]
        number = f"{chance.randint(stretch.low, stretch.high)}"
        area.shop = _Building(number, stretch, "PMB", chance.sample(numbers, 60))


# --------------------------------------------------------------------------------------------------- the mixed states

_STREET_WORDS = """Maple Cedar Oak Pine Elm Walnut Chestnut Birch Willow Aspen Spruce Juniper Magnolia Cypress Dogwood
Hickory Sycamore Laurel Hemlock Alder Main Church School Mill Market Water Front Court Park Lake River Spring Washington
Jefferson Lincoln Madison Monroe Jackson Adams Franklin Grant Cleveland Harrison Pearl Ruby Garnet Opal Highland Summit
Prospect Sunset Sunrise Meadow Valley Orchard Vine Cherry Peach Plum Olive Rainier Cascade Olympic Pioneer Prairie
Mesa Canyon Osprey Heron Pelican Eagle Falcon Hawk Raven Quail Fox Deer Elk Bear Wolf Colonial Liberty Union Federal
Columbia Delaware Dakota Wyoming Montana Nevada Alameda Belmont Clarendon Dartmouth Exeter Fairmont Glenwood Hampton
Kipling Lexington Marlborough Newport Oxford Princeton Quincy Radcliffe Stanford Tremont Vassar Windsor York"""
_STREET_HEADS = """Maple Cedar Oak Pine Silver Golden Crystal Quiet Windy Hidden Shady Rocky Sandy Misty Autumn Summer
Eagle Fox Deer Heron Pelican Timber Harbor Lake River Stone Indian Royal Old New Upper Green Blue Red White Country"""
_STREET_TAILS = """Ridge Creek Hollow Hill Meadow Lake Shore View Point Grove Glen Run Field Park Crest Bend Bluff
Forest Landing Crossing Gate Cove Springs Valley Trace Oaks Pines Terrace Court Lane Circle Club Branch Bay"""
_STREET_ODD = """St|Johns|AVE St|Andrews|DR St|Clair|ST Park|Lane|DR Lake|Shore|BLVD North|AVE South|ST West|AVE
Avenue|of|the|Pines| Circle|DR Court|ST Road|Runner|LN Doctors|Lake|DR Broadway| The|Strand| Camino|Real| Esplanade|
La|Push|RD Way|ST Mount|Vernon|HWY Fort|Hill|RD Port|Susan|PL Old|Mill|Road|WAY Terrace|DR Saint|Marks|PL
O'Dell|RD Avenue|A| Avenue|D| Mc|Kinley|ST Hwy|View|DR Lane|AVE East|Lake|DR Boulevard|PL"""
_URBANIZATIONS = """Villa|del|Carmen Las|Gladiolas Jardines|de|Country Villa|Nevárez Levittown|Lakes Bairoa|Park
Santa|Juanita Sierra|Bayamón Los|Ángeles Villa|Fontana Ciudad|Jardín Valle|Arriba|Heights Puerto|Nuevo Las|Lomas
Monte|Brisas Alturas|de|Flamboyán Villa|Rica Royal|Town Río|Grande|Estates Colinas|del|Este Quintas|del|Norte
El|Paraíso Brisas|del|Mar Reparto|Metropolitano Vista|Hermosa Bosque|Real Parque|Ecuestre Mansiones|del|Sur"""
_CALLES = """Roble Flamboyán Ceiba Almendro Caoba Laurel Gladiola Amapola Azucena Margarita Rubí Zafiro Esmeralda
Topacio Luna Sol Fortaleza Progreso Unión Comercio Marina Barcelona Sevilla Granada Zaragoza Pomarrosa Guayacán
Tulipán"""
_STATES = {"WA": (26, 215), "CO": (20, 165), "FL": (22, 170), "PR": (12, 40)}
_GRID_CODES = ("330", "331", "332")  # the other list's
_MILITARY = {"AE": ("PSC", "CMR", "UNIT"), "AP": ("PSC", "UNIT"), "AA": ("UNIT", "PSC")}


def _mixed_areas(chance: Random) -> list[_Area]:
    known = _cities()
    areas: list[_Area] = []
    for state, (groups, weight) in _STATES.items():
        codes = sorted(code for code, facts in known.items() if facts[0] == state and facts[4] == "STANDARD")
        codes = [code for code in codes if code[:3] not in _GRID_CODES]
        step = len(codes) // groups
        for group in range(groups):
            areas += _neighbours(chance, known, codes[group * step : group * step + 3], len(areas), weight / groups / 3)
    for state in _MILITARY:
        codes = sorted(code for code, facts in known.items() if facts[0] == state and facts[4] == "MILITARY")
        areas += [_area(known, code, [], 0.8, boxes=0.0, routes=1.0) for code in codes[:: max(1, len(codes) // 5)][:5]]
    for area in areas:
        _open_shop(chance, area, 0.2 if area.state != "PR" else 0.0)
    return areas


def _neighbours(chance: Random, known: _Known, codes: list[str], group: int, weight: float) -> Iterator[_Area]:
    """ZIP codes beside each other, which share many street names."""
    state = known[codes[0]][0]
    country = chance.random() < 0.4
    names = _pr_streets(chance) if state == "PR" else _streets(chance, state, country)
    for position, code in enumerate(codes):
        sample = chance.sample(names, min(len(names), 52))
        stretches = [_pr_stretch(chance, *name) if state == "PR" else _long(chance, name, position) for name in sample]
        facts = {
            "towers": chance.uniform(0.02, 0.1) if state == "PR" else chance.uniform(0.03, 0.45),
            "boxes": 0.25 if country else 0.05,
        }
        routes = 0.22 if state == "PR" else 0.14 if country else 0.0
        yield _area(known, code, stretches, weight, routes=routes, group=group, lettered=state == "PR", **facts)


def _streets(chance: Random, state: str, country: bool) -> list[_Street]:
    """The streets of a neighbourhood of three ZIP codes; some differ only in the suffix or the direction."""
    made: dict[str, _Street] = {}
    quarter = chance.choice(tuple(_DIRECTIONS))
    while len(made) < 80:
        name, suffix = _street_name(chance)
        pre, post = _directions(chance, state, name, suffix, quarter)
        street = _Street(pre, name, suffix, post)
        made[street.official] = street
        if chance.random() < 0.12 and suffix:
            other = _Street(pre, name, chance.choice(("CT", "LN", "PL", "WAY", "DR")), post)
            made[other.official] = other
    if country:
        words = {"WA": ("State Route", "Highway"), "CO": ("County Road", "US Highway", "State Highway")}
        for _ in range(12):
            kind = chance.choice(words.get(state, ("County Road", "State Road", "US Highway")))
            highway = _Street("", f"{kind} {chance.randint(2, 98)}", "", chance.choice(("", "", "", "N", "S", "E")))
            made[highway.official] = highway
    return list(made.values())


def _street_name(chance: Random) -> tuple[str, str]:
    kind = chance.random()
    suffix = chance.choices(tuple(_SUFFIXES), (28, 22, 9, 7, 3, 17, 14, 10, 3, 4, 5, 1, 2, 2, 1, 1, 1, 1, 1, 1, 0))[0]
    if kind < 0.3:
        return str(chance.randint(1, 240 if kind < 0.15 else 40)), chance.choices(
            ("ST", "AVE", "PL", "CT"), (5, 5, 2, 1)
        )[0]
    if kind < 0.38:
        *words, suffix = chance.choice(_STREET_ODD.split()).split("|")
        return " ".join(words), suffix
    if kind < 0.7:
        return chance.choice(_STREET_WORDS.split()), suffix
    return f"{chance.choice(_STREET_HEADS.split())} {chance.choice(_STREET_TAILS.split())}", suffix


def _directions(chance: Random, state: str, name: str, suffix: str, quarter: str) -> tuple[str, str]:
    """Before the name and after it; numbered avenues of Washington carry them behind."""
    if not suffix or chance.random() < (0.25 if name.isdigit() else 0.75):
        return "", ""
    direction = quarter if chance.random() < 0.6 else chance.choice(("N", "S", "E", "W"))
    behind = (suffix == "AVE" and state == "WA") or chance.random() < 0.06
    return ("", direction) if behind else (direction, "")


def _long(chance: Random, street: _Street, position: int) -> _Stretch:
    """House numbers go on from one ZIP code into the next, or begin anew there."""
    digits = chance.choices((10, 100, 1000, 10000), (3, 30, 50, 17))[0]
    low = digits * chance.randint(1, 8) if digits < 10000 else 100 * chance.randint(100, 340)
    low += position * min(digits, 1000) if chance.random() < 0.5 else 0
    return _Stretch(street, low, low + max(60, min(900, digits)))


def _pr_streets(chance: Random) -> list[tuple[str, _Street]]:
    urbanizations = chance.sample(_listed(_URBANIZATIONS), 10)
    made = []
    for _ in range(75):
        kind = chance.choices(tuple(_PREFIXES), (84, 6, 5, 5))[0]
        name = (
            str(chance.randint(1, 30)) if chance.random() < 0.5 and kind == "CALLE" else chance.choice(_CALLES.split())
        )
        made.append((chance.choice(urbanizations), _Street("", name, kind)))
    unique = {(urbanization, street.official): (urbanization, street) for urbanization, street in made}
    return list(unique.values())


def _pr_stretch(chance: Random, urbanization: str, street: _Street) -> _Stretch:
    word = "URB" if chance.random() < 0.8 else chance.choice(("COND", "EXT", "RES"))
    low = chance.choice((1, 1, 100, 300, 1200))
    return _Stretch(street, low, low + 60, f"{word} {plain(urbanization).upper()}")


# --------------------------------------------------------------------------------------------- who lives where


def _unit_names(chance: Random) -> tuple[str, list[str]]:
    """The word before the units of one building, and the units: 20 to 300 of them."""
    word = chance.choices(("APT", "UNIT", "#"), (62, 24, 14))[0]
    scheme = chance.choices(("floors", "dashed", "lettered", "plain", "blocks"), (52, 10, 18, 12, 8))[0]
    if scheme == "floors":
        floors, doors = chance.randint(4, 26), chance.randint(5, 11)
        units = [f"{floor}{door:02}" for floor in range(1, floors + 1) for door in range(1, doors + 1)]
        return word, units + [f"PH{door}" for door in range(1, 5) if floors > 12]
    if scheme == "dashed":
        dash = chance.choice(("-", ""))
        return word, [f"{wing}{dash}{door}" for wing in "ABCDEF"[: chance.randint(2, 6)] for door in range(1, 25)]
    if scheme == "lettered":
        return word, [f"{floor}{door}" for floor in range(1, chance.randint(4, 18)) for door in "ABCDEFGH"]
    if scheme == "plain":
        return word, [str(door) for door in range(1, chance.randint(20, 110))]
    return "BLDG", [f"{block} {floor}{door:02}" for block in range(1, 6) for floor in (1, 2, 3) for door in range(1, 9)]


_DUPLEX = (
    (("APT", "1"), ("APT", "2")),
    (("APT", "A"), ("APT", "B")),
    (("UNIT", "A"), ("UNIT", "B")),
    (("UPPR", ""), ("LOWR", "")),
    (("FRNT", ""), ("REAR", "")),
    (("", ""), ("REAR", "")),
    (("", ""), ("APT", "B")),
)


class _Census:
    """Everybody on one list: who lives where, and which row shows whom."""

    def __init__(self, chance: Random, areas: list[_Area], spanish: float) -> None:
        self.chance = chance
        self.areas = [area for area in areas if area.weight]
        self.sums = list(accumulate(area.weight for area in self.areas))
        self.spanish = spanish
        self.taken: set[tuple[str, str, str, str]] = set()
        self.places: list[_Place] = []
        self.entries: list[tuple[_Person, _Place, _Person | None]] = []
        self.traps: dict[int, list[str]] = defaultdict(list)
        self.alike: dict[tuple[int, str], list[tuple[_Area, _Stretch]]] = defaultdict(list)
        for area in self.areas:
            for stretch in area.stretches:
                self.alike[area.group, stretch.street.name].append((area, stretch))

    def fill(self, rows: int) -> None:
        while len(self.entries) < rows:
            area = self.chance.choices(self.areas, cum_weights=self.sums)[0]
            self._settle_in(area)
        for _, place, _ in self.entries[rows:]:
            place.entries = [entry for entry in place.entries if entry < rows]
        del self.entries[rows:]
        self.places = [place for place in self.places if place.entries]

    def _settle_in(self, area: _Area) -> None:
        chance = self.chance
        kind = chance.random()
        if kind < area.boxes:
            self._settle(self.box(area))
        elif kind < area.boxes + area.routes:
            self._settle(self.route(area))
        elif area.shop and kind > 0.96:
            shop = area.shop
            self._settle(self.within(area, shop, chance.choice(shop.units)))
        elif chance.random() < area.towers * 2 / (area.towers * 2 + (1 - area.towers) * 60):
            self._settle_building(area)
        elif chance.random() < 0.06 and not area.lettered:
            self._settle_duplex(area)
        else:
            self._settle(self.house(area, chance.choice(area.stretches)))

    def box(self, area: _Area) -> _Place | None:
        number = str(self.chance.randint(1, 9999) if area.state != "PR" else self.chance.randint(1, 3200))
        if area.code.startswith("33"):
            number = str(self.chance.choice((self.chance.randint(10, 999), self.chance.randint(160000, 169999))))
        return self._new(_Place("box", area, number, route="PO"))

    def route(self, area: _Area) -> _Place | None:
        chance = self.chance
        if area.state in _MILITARY:
            kind, word = "military", chance.choice(_MILITARY[area.state])
            route = f"{word} {chance.randint(2100, 2112) if word == 'PSC' else 40000 + chance.randint(1, 30)}"
        else:
            kind = chance.choice(("rural", "contract"))
            route = f"{'RR' if kind == 'rural' else 'HC'} {chance.randint(1, 6)}"
        return self._new(_Place(kind, area, str(chance.randint(1, 16000 if area.state == "PR" else 900)), route=route))

    def house(self, area: _Area, stretch: _Stretch, number: str = "") -> _Place | None:
        chance = self.chance
        number = number or str(chance.randint(stretch.low, stretch.high))
        if area.lettered and stretch.low == 1:
            number = f"{chance.choice('ABCDEFGHJ')}{number}"
        elif chance.random() < 0.002:
            number += " 1/2"
        return self._new(_Place("house", area, number, stretch.street, stretch.urbanization))

    def within(self, area: _Area, building: _Building, unit: str) -> _Place | None:
        kind = "pmb" if building.designator == "PMB" else "building"
        street, urbanization = building.stretch.street, building.stretch.urbanization
        word = building.designator
        if word == "BLDG":
            block, unit = unit.split()
            word = f"BLDG {block} APT"
        return self._new(_Place(kind, area, building.number, street, urbanization, word, unit, building=building))

    def _new(self, place: _Place) -> _Place | None:
        """The place, if nothing else has its address."""
        key = place.key()
        if key in self.taken:
            return None
        self.taken.add(key)
        return place

    def _settle_building(self, area: _Area) -> None:
        stretch = self.chance.choice(area.stretches)
        number = str(self.chance.randint(stretch.low, stretch.high))
        front = _Place("building", area, number, stretch.street, stretch.urbanization)
        if self._new(front) is None:
            return
        building = _Building(number, stretch, *_unit_names(self.chance))
        share = self.chance.uniform(0.12, 0.55)
        for unit in building.units:
            if self.chance.random() < share:
                self._settle(self.within(area, building, unit))

    def _settle_duplex(self, area: _Area) -> None:
        stretch = self.chance.choice(area.stretches)
        number = str(self.chance.randint(stretch.low, stretch.high))
        pair = [
            _Place("duplex", area, number, stretch.street, stretch.urbanization, *unit)
            for unit in self.chance.choice(_DUPLEX)
        ]
        front = _Place("duplex", area, number, stretch.street, stretch.urbanization).key()
        if front not in self.taken:
            self.taken.add(front)
            for place in pair:
                self.taken.add(place.key())
                if self.chance.random() < 0.8:
                    self._settle(place)

    def _settle(self, place: _Place | None) -> None:
        if place is None:
            return
        people = household(self.chance, self._is_spanish(place.area))
        self._enter(people, place)
        if self.chance.random() < 0.035:
            self._twin(self.chance.choice(people), place)

    def _is_spanish(self, area: _Area) -> bool:
        return self.chance.random() < (0.97 if area.state == "PR" else self.spanish)

    def _enter(self, people: list[_Person], place: _Place) -> None:
        """Rows for people; a couple now and then in one, somebody now and then in two."""
        chance = self.chance
        self.places.append(place)
        if len(people) > 1 and people[0].surnames[0] in people[1].surnames and chance.random() < 0.025:
            self._enter_row(people[0], place, people[1])
            people = people[2:]
        for person in people:
            self._enter_row(person, place, None)
            if chance.random() < 0.012:
                self._enter_row(person, place, None)

    def _enter_row(self, person: _Person, place: _Place, partner: _Person | None) -> None:
        place.entries.append(len(self.entries))
        self.entries.append((person, place, partner))

    def _twin(self, person: _Person, place: _Place) -> None:
        """Somebody of the same name, or of the same surname only, where it is easily confused."""
        chance = self.chance
        found = self.beside(place)
        if found is None:
            return
        trap, other = found
        same = chance.random() < 0.6
        first = person.first if same else _FIRST[person.spanish, person.woman].one(chance)
        surnames = person.surnames if same else person.surnames[:1]
        people = [_Person(first, chance.choice(_INITIALS), surnames, "", person.woman, person.spanish)]
        if chance.random() < 0.3:
            people += household(chance, person.spanish)[:1]
        self._enter(people, other)
        for which in (place, other):
            self.traps[id(which)].append(f"{'same name' if same else 'same surname'}, {trap}")

    def beside(self, place: _Place) -> tuple[str, _Place] | None:
        """A free place which differs in one thing only, and in what."""
        chance = self.chance
        if place.building and chance.random() < 0.75:
            other = self.within(place.area, place.building, chance.choice(place.building.units))
            return other and ("other unit", other)
        if place.street is None or not place.number.isdigit():
            return None
        if chance.random() < 0.4:
            number = str(max(1, int(place.number) + chance.choice((-10, -4, -2, -1, 1, 2, 4, 10, 100))))
            stretch = _Stretch(place.street, 2, 3, place.urbanization)
            other = self.house(place.area, stretch, number)
            return other and ("near number", other)
        return self._namesake(place, place.street)

    def _namesake(self, place: _Place, street: _Street) -> tuple[str, _Place] | None:
        """The same house number in a street that sounds like it, or in the next one."""
        if street.name.isdigit() and self.chance.random() < 0.5:
            trap, name = "parallel street", str(int(street.name) + self.chance.choice((-1, 1)))
        else:
            trap, name = "street alike", street.name
        number = int(place.number)
        found = [
            (area, stretch)
            for area, stretch in self.alike.get((place.area.group, name), ())
            if (stretch.street is not street or area is not place.area)
            and (stretch.low <= number <= stretch.high or place.area.group)
        ]
        if not found:
            return None
        elsewhere = [one for one in found if one[0] is not place.area]
        area, stretch = self.chance.choice(elsewhere if elsewhere and self.chance.random() < 0.5 else found)
        if area is not place.area and stretch.street.official == street.official:
            trap = "other ZIP"
        stretch = _Stretch(stretch.street, max(2, stretch.low), stretch.high, stretch.urbanization)
        other = self.house(area, stretch, place.number)
        return other and (trap, other)


_INITIALS = "AABCCDEEFGHIJJLLMMNOPRRSTVW"


def _surnames(chance: Random, spanish: bool) -> tuple[str, ...]:
    if not spanish:
        kind = _LAST_HAITIAN if chance.random() < 0.04 else _LAST_ENGLISH
        return (kind.one(chance),) if chance.random() < 0.97 else (kind.one(chance), _LAST_ENGLISH.one(chance))
    if chance.random() < 0.55:
        return (_LAST_SPANISH.one(chance),)
    return _LAST_SPANISH.one(chance), _LAST_SPANISH.one(chance)


def _person(chance: Random, spanish: bool, woman: bool, surnames: tuple[str, ...]) -> _Person:
    middle = chance.choice(_INITIALS)
    return _Person(_FIRST[spanish, woman].one(chance), middle, surnames, "", woman, spanish)


def household(chance: Random, spanish: bool) -> list[_Person]:
    """One to four people: a couple and children, father and son of one name, others who share the letter box."""
    woman = chance.random() < 0.45
    head = _person(chance, spanish, woman, _surnames(chance, spanish))
    people = [head]
    size = chance.choices((1, 2, 3, 4), (44, 34, 14, 8))[0]
    if size > 1 and not woman and chance.random() < 0.05:
        people.append(_namesake_son(chance, head))
    elif size > 1:
        people.append(_partner(chance, head))
    for _ in range(size - 2):
        child = _person(chance, spanish, chance.random() < 0.5, _child_surnames(chance, people))
        if all(child.first != other.first for other in people):
            people.append(child)
    if chance.random() < 0.07:
        other = chance.random() < (0.8 if spanish else 0.2)
        people.append(_person(chance, other, chance.random() < 0.5, _surnames(chance, other)))
    return people


def _namesake_son(chance: Random, father: _Person) -> _Person:
    father.generation, generation = chance.choices(
        (("Sr", "Jr"), ("", "Jr"), ("Jr", "III"), ("", "II")), (50, 30, 15, 5)
    )[0]
    return _Person(father.first, father.middle, father.surnames[:1], generation, False, father.spanish)


def _partner(chance: Random, head: _Person) -> _Person:
    own = _surnames(chance, head.spanish)
    kind = chance.random()
    if kind < (0.62 if head.spanish else 0.82):
        surnames = head.surnames[:1]
    elif kind < 0.9:
        surnames = (own[0], head.surnames[0])
    else:
        surnames = own
    return _person(chance, head.spanish, not head.woman if chance.random() < 0.94 else head.woman, surnames)


def _child_surnames(chance: Random, people: list[_Person]) -> tuple[str, ...]:
    father = people[0].surnames[0]
    mother = people[1].surnames[0]
    return (father, mother) if people[0].spanish and mother != father and chance.random() < 0.6 else (father,)


# ------------------------------------------------------------------------------------------------ how a list writes


def _family(chance: Random, surnames: tuple[str, ...]) -> str:
    if len(surnames) == 1:
        return surnames[0]
    return chance.choices((" ".join(surnames), "-".join(surnames), surnames[0]), (50, 14, 36))[0]


def _couple_name(chance: Random, person: _Person, partner: _Person) -> str:
    if person.woman or not partner.woman or chance.random() < 0.6:
        return f"{person.first} & {partner.first} {person.surnames[0]}"
    return f"Mr & Mrs {person.first} {person.surnames[0]}"


def _listed_name(chance: Random, person: _Person, partner: _Person | None) -> str:
    if partner:
        return _couple_name(chance, person, partner)
    family = _family(chance, person.surnames)
    kind = chance.random()
    first = person.first[0] if kind < 0.04 else person.first
    middle = f" {person.middle}" if chance.random() < 0.18 else ""
    after = f" {person.generation}" if person.generation and chance.random() < 0.85 else ""
    if 0.04 < kind < 0.12:
        return f"{family}{after}, {first}{middle}"
    if 0.12 < kind < 0.135:
        return f"{family} {first}"
    if 0.135 < kind < 0.165:
        return f"{('Mrs' if chance.random() < 0.5 else 'Ms') if person.woman else 'Mr'} {first} {family}{after}"
    return f"{first}{middle} {family}{after}"


def _official_unit(place: _Place) -> str:
    if place.unit.startswith("PH"):
        return f"PH {place.unit[2:]}"
    return f"{place.designator} {place.unit}".strip()


def _official_lines(chance: Random, place: _Place) -> tuple[str, str]:
    """As address software of the postal service prints it; the unit stands in the second line or at the first's end."""
    if place.street is None:
        return f"{place.route} BOX {place.number}", ""
    street, unit = f"{place.number} {place.street.official}", _official_unit(place)
    if place.urbanization:
        street = f"{street} {unit}".strip()
        return (place.urbanization, street) if chance.random() < 0.75 else (street, place.urbanization)
    return (street, unit) if chance.random() < 0.45 else (f"{street} {unit}".strip(), "")


def _free_lines(chance: Random, place: _Place) -> tuple[str, str]:
    """As somebody typed it in."""
    marks: list[str] = []
    street = _street_line(chance, place, 0.1, marks)
    unit = "" if place.unit and chance.random() < 0.04 else _unit_text(chance, place, marks)
    if place.urbanization:
        before = place.urbanization.title()
        unit, street = (f"{street} {unit}".strip(), before) if chance.random() < 0.6 else (before, f"{street} {unit}")
        return street.strip(), unit
    if unit and chance.random() < 0.5:
        return f"{street}{chance.choice((', ', ' ', ' '))}{unit}", ""
    return street, unit


def _listed_zip(chance: Random, place: _Place, official: bool) -> str:
    code = place.area.code
    if chance.random() < (0.55 if official else 0.08):
        block = place.number[:-2] if place.building is None else place.number + place.unit[:1]
        street = place.street.official if place.street else place.route
        plus = crc32(f"{block} {street} {code}".encode()) % 8999 + 1001
        return f"{code}{'' if chance.random() < 0.06 else '-'}{plus:04}"
    if not official and code[0] == "0" and chance.random() < 0.05:
        return code.lstrip("0")
    return code


def _row(chance: Random, number: int, entry: tuple[_Person, _Place, _Person | None]) -> tuple[ListRow, bool]:
    """The row, and whether it is in the postal service's style."""
    person, place, partner = entry
    area = place.area
    name = _listed_name(chance, person, partner)
    official = chance.random() < 0.85
    names = area.others if official else area.others + area.colloquial
    city = chance.choice(names) if names and chance.random() < (0.12 if official else 0.3) else area.city
    code = _listed_zip(chance, place, official)
    if official:
        lines = _official_lines(chance, place)
        return ListRow(number, plain(name).upper(), *lines, plain(city).upper(), area.state, code), True
    lines = _free_lines(chance, place)
    if chance.random() < 0.65:
        name = plain(name)
    if chance.random() < 0.12:
        name, lines, city = name.upper(), (lines[0].upper(), lines[1].upper()), city.upper()
    return ListRow(number, name, *lines, city, area.state, code), False


# --------------------------------------------------------------------------------------- how people write an address

# `rough` scales what goes wrong (1 for requests, little for lists); `marks` collects what became of it.


def _street_line(chance: Random, place: _Place, rough: float, marks: list[str]) -> str:
    if place.street is None:
        return _box_line(chance, place, marks)
    number = _house_number(chance, place.number, rough, marks)
    street = place.street
    if place.urbanization or street.suffix in _PREFIXES:
        return _calle_line(chance, number, street, rough, marks)
    if street.official in _ALIASES and chance.random() < 0.15 * rough:
        marks.append("street alias")
        return f"{number} {_ALIASES[street.official]}"
    known = place.area.state == "FL" and street.name.isdigit() and street.suffix in ("ST", "AVE")
    if known and chance.random() < 0.015 * rough:
        marks.append("Spanish street words")
        return _in_spanish(chance, number, street)
    return f"{number} {_street_text(chance, street, rough, marks)}"


def _house_number(chance: Random, number: str, rough: float, marks: list[str]) -> str:
    pairs = [at for at in range(len(number) - 1) if number[at] != number[at + 1] and number[at : at + 2].isdigit()]
    if len(number) > 2 and pairs and chance.random() < 0.005 * rough:
        at = chance.choice(pairs)
        if number[at + 1] != "0" or at:
            marks.append("house number transposed")
            return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return number


def _in_spanish(chance: Random, number: str, street: _Street) -> str:
    word = "Calle" if street.suffix == "ST" else "Avenida"
    at = street.pre or street.post
    if at and chance.random() < 0.5:
        at = _DIRECTIONS[at][1]
    return (
        f"{number} {word} {street.name} {at}".strip()
        if chance.random() < 0.6
        else f"{number} {at} {street.name} {word}"
    )


def _street_text(chance: Random, street: _Street, rough: float, marks: list[str]) -> str:
    name = _name_text(chance, street, rough, marks)
    suffix = _suffix_text(chance, street, rough, marks)
    pre, post = (_direction_text(chance, at, rough, marks) for at in (street.pre, street.post))
    if pre and chance.random() < 0.04 * rough:
        marks.append("directional moved")
        pre, post = "", pre
    elif post and chance.random() < 0.06 * rough:
        marks.append("directional moved")
        pre, post = post, ""
    return " ".join(part for part in (pre, name, suffix, post) if part)


def _name_text(chance: Random, street: _Street, rough: float, marks: list[str]) -> str:
    name = street.name
    if name.isdigit():
        return _numbered(chance, int(name), marks)
    for word, others in _HIGHWAYS.items():
        if name.startswith(word + " ") and chance.random() < 0.55:
            marks.append("highway style")
            return f"{chance.choice(others)} {name.rpartition(' ')[2]}"
    if name.startswith("St ") and chance.random() < 0.4:
        marks.append("saint spelled out")
        name = chance.choice(("Saint ", "St. ")) + name[3:]
    if chance.random() < 0.05 * rough and len(name) > 4:
        marks.append("street typo")
        return misspelt(chance, name)
    return name


def _numbered(chance: Random, number: int, marks: list[str]) -> str:
    kind = chance.random()
    if kind < 0.47:
        marks.append("ordinal dropped")
        return str(number)
    if kind < 0.52 and number <= len(_ORDINALS):
        marks.append("ordinal spelled out")
        return _ORDINALS[number - 1]
    return ordinal(number)


def _suffix_text(chance: Random, street: _Street, rough: float, marks: list[str]) -> str:
    if not street.suffix:
        return ""
    spelled, *others = _SUFFIXES.get(street.suffix, (street.suffix.title(),))
    kind = chance.random()
    if kind < 0.08 * rough:
        marks.append("suffix dropped")
        return ""
    if kind < 0.36 and street.suffix.title() != spelled:
        marks.append("suffix spelled out")
        return spelled
    if kind < 0.42 and others:
        marks.append("suffix other abbreviation")
        return chance.choice(others)
    return street.suffix.title() + ("." if kind > 0.9 else "")


def _direction_text(chance: Random, direction: str, rough: float, marks: list[str]) -> str:
    if not direction:
        return ""
    kind = chance.random()
    if kind < 0.035 * rough:
        marks.append("directional dropped")
        return ""
    if kind < 0.18:
        marks.append("directional spelled out")
        english = _DIRECTIONS[direction][0]
        parts = chance.random() < 0.15 and len(direction) == 2
        return f"{english[:5]} {english[5:].title()}" if parts else english
    if kind < 0.27:
        marks.append("directional with periods")
        return "".join(f"{letter}." for letter in direction)
    return direction


def _calle_line(chance: Random, number: str, street: _Street, rough: float, marks: list[str]) -> str:
    """A Puerto Rican line: the house number before or behind, the word for street before its name."""
    word, kind = street.suffix.title(), chance.random()
    if kind < 0.06 * rough and not street.name.isdigit():
        marks.append("suffix dropped")
        word = ""
    elif kind < 0.16:
        marks.append("suffix other abbreviation")
        word = chance.choice(_PREFIXES[street.suffix]) + "."
    name = street.name
    if chance.random() < 0.05 * rough and len(name) > 4:
        marks.append("street typo")
        name = misspelt(chance, name)
    if number[0].isalpha() and chance.random() < 0.4:
        marks.append("house letter hyphenated")
        number = f"{number[0]}-{number[1:]}"
    if chance.random() < 0.4 * min(1, rough * 2):
        marks.append("Spanish order")
        return f"{word} {name} {chance.choice(('', '#', 'Casa ', 'Núm. '))}{number}".strip()
    return f"{number} {word} {name}".replace("  ", " ")


def _box_line(chance: Random, place: _Place, marks: list[str]) -> str:
    number = place.number
    kind, _, route = place.route.partition(" ")
    if place.kind == "box":
        forms = ("PO Box {}", "P.O. Box {}", "P O Box {}", "POB {}", "Box {}", "P.O. Box #{}", "Post Office Box {}",
                 "PO Box No. {}", "Apartado {}", "PO BX {}")  # fmt: skip
        weights = (34, 34, 6, 3, 4, 5, 4, 2, 12 if place.area.state == "PR" else 2, 1)
        form = chance.choices(forms, weights)[0]
        if form != forms[0]:
            marks.append("box as Apartado" if "Apartado" in form else "box style")
        return form.format(number)
    forms = {
        "rural": ("RR {} Box {}", "Rural Route {} Box {}", "RFD {} Box {}", "R.R. #{}, Box {}", "Rt {} Box {}"),
        "contract": ("HC {} Box {}", "HC 0{} Box {}", "HC-0{} Box {}", "HC {}, Buzón {}", "Star Route {} Box {}"),
        "military": (kind + " {} Box {}", kind + " {}, Box {}", kind + " {} Bx {}"),
    }[place.kind]
    form = chance.choices(forms, (50, 15, 10, 15, 10)[: len(forms)])[0]
    if form != forms[0]:
        marks.append("route style")
    if chance.random() < 0.04:
        marks.append("leading zeros")
        number = "0" + number
    return form.format(route, number)


_UNIT_WORDS = (
    "Apt ",
    "Apt. ",
    "Unit ",
    "#",
    "# ",
    "Apt #",
    "Apto ",
    "Apto. ",
    "Apartment ",
    "Suite ",
    "No. ",
    "apt",
    "Apt.",
)
_UNIT_WEIGHTS = (30, 10, 13, 17, 4, 7, 5, 2, 4, 1, 2, 3, 2)


def _unit_text(chance: Random, place: _Place, marks: list[str]) -> str:
    if not place.has_unit:
        return ""
    if place.designator in _ALONE:
        marks.append("unit style")
        return chance.choice(_ALONE[place.designator])
    word, unit = chance.choices(_UNIT_WORDS, _UNIT_WEIGHTS)[0], _door(chance, place.unit, marks)
    if place.kind == "pmb":
        word = chance.choices(("PMB ", "#", "PMB #", "Ste ", "Apt ", "Box "), (50, 22, 8, 12, 6, 2))[0]
    if place.designator.startswith("BLDG"):
        block = place.designator.split()[1]
        word = f"{chance.choice(('Bldg', 'Bldg', 'Building', 'Edif', 'Bldg.'))} {block} {word}"
    if place.unit.startswith("PH"):
        word, unit = chance.choice(
            (("PH ", unit[2:]), ("PH-", unit[2:]), ("PH", unit[2:]), ("Penthouse ", unit[2:]), ("Apt ", unit))
        )
    text = word + unit
    if plain(text).upper() != _official_unit(place):
        marks.append("unit as Apto" if "Apto" in word else "unit style")
    return text


def _door(chance: Random, unit: str, marks: list[str]) -> str:
    kind = chance.random()
    if unit[-1].isalpha() and unit[:-1].isdigit() and kind < 0.12:
        unit = f"{unit[:-1]}{chance.choice('- ')}{unit[-1]}"
    elif "-" in unit and kind < 0.5:
        unit = unit.replace("-", chance.choice((" ", "", "")))
    elif unit[0].isalpha() and unit[1:].isdigit() and not unit.startswith("PH") and kind < 0.2:
        unit = f"{unit[0]}-{unit[1:]}"
    elif unit.isdigit() and kind < 0.03:
        marks.append("leading zeros")
        return "0" + unit
    return unit.lower() if unit[-1].isalpha() and kind > 0.85 else unit


_NEIGHBOUR_KEYS = {
    "a": "sq",
    "e": "wr",
    "i": "uo",
    "o": "ip",
    "n": "bm",
    "r": "et",
    "s": "ad",
    "t": "ry",
    "l": "k",
    "d": "sf",
}


def misspelt(chance: Random, text: str) -> str:
    """One slip after the first letter: a letter left out, doubled, exchanged with the next, or its neighbour's key."""
    places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at + 1].isalpha()]
    if not places:
        return text
    at, kind = chance.choice(places), chance.randrange(4)
    letter = text[at]
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + letter + text[at:]
    if kind == 2 and letter != text[at + 1]:
        return text[:at] + text[at + 1] + letter + text[at + 2 :]
    return text[:at] + chance.choice(_NEIGHBOUR_KEYS.get(letter, "ae")) + text[at + 1 :]


# ---------------------------------------------------------------------------------------------------- the requests


@dataclass(slots=True)
class _Asked:
    """A name as the requester wrote it, and the surname tokens and the first name that were meant."""

    name: str
    tokens: frozenset[str]
    first: str
    generation: str


def _asked_name(chance: Random, person: _Person, others: list[_Person], marks: list[str]) -> _Asked:
    first = _asked_first(chance, person, marks)
    surnames = _asked_surnames(chance, person, others, marks)
    tokens = surname_tokens(surnames)
    family = chance.choices((" ", "-"), (85, 15))[0].join(surnames)
    if "married name hyphenated" in marks:
        family = "-".join(surnames)
    meant = first if "initial" in marks else person.first
    if chance.random() < 0.04:
        marks.append("name typo")
        first, family = (
            (misspelt(chance, first), family) if chance.random() < 0.4 else (first, misspelt(chance, family))
        )
    middle = f" {person.middle}{chance.choice(('', '.'))}" if chance.random() < 0.12 else ""
    generation = person.generation if person.generation and chance.random() < 0.7 else ""
    after = f" {generation}{'.' if generation != 'III' and chance.random() < 0.3 else ''}" if generation else ""
    name = f"{first}{middle} {family}{after}"
    kind = chance.random()
    if kind < 0.03:
        marks.append("first and last swapped")
        name = f"{family} {first}" if kind < 0.02 else f"{family}, {first}"
    elif kind < 0.07:
        title = ("Mrs.", "Ms.", "Sra.") if person.woman else ("Mr.", "Mr.", "Sr.")
        name = f"{chance.choice(title[: 3 if person.spanish else 2])} {name}"
    return _Asked(_accents(chance, name, marks), tokens, plain(meant).lower(), generation)


def _accents(chance: Random, name: str, marks: list[str]) -> str:
    if name.isascii():
        return name
    if chance.random() < 0.75:
        marks.append("accent lost")
        return plain(name)
    marks.append("accent written")
    return name


def _asked_first(chance: Random, person: _Person, marks: list[str]) -> str:
    kind = chance.random()
    if kind < 0.12 and person.first in _NICKNAMES:
        marks.append("nickname")
        return _NICKNAMES[person.first]
    if kind > 0.96:
        marks.append("initial")
        return person.first[0]
    if " " in person.first and kind > 0.7:
        marks.append("second first name dropped")
        return person.first.split()[0]
    return person.first


def _asked_surnames(chance: Random, person: _Person, others: list[_Person], marks: list[str]) -> tuple[str, ...]:
    kind = chance.random()
    surnames = person.surnames
    if kind < 0.02:
        marks.append("other surname")
        return ((_LAST_SPANISH if person.spanish else _LAST_ENGLISH).one(chance),)
    married = [other.surnames[0] for other in others if other.surnames[0] not in surnames]
    if person.woman and married and len(surnames) == 1 and kind < 0.2:
        marks.append("married name hyphenated")
        return surnames[0], chance.choice(married)
    if len(surnames) == 2 and kind < 0.45:
        marks.append("second surname dropped")
        return surnames[:1]
    if len(surnames) == 1 and person.spanish and kind < 0.07:
        marks.append("second surname added")
        return surnames[0], _LAST_SPANISH.one(chance)
    return surnames


def _asked_address(chance: Random, place: _Place, marks: list[str]) -> tuple[str, str | None]:
    """The street line and the unit line."""
    street = _street_line(chance, place, 1.0, marks)
    unit = _unit_text(chance, place, own := [])
    if unit and place.unit and chance.random() < 0.12:
        marks.append("unit dropped")
        unit = ""
    elif place.unit and place.kind == "building" and "BLDG" not in place.designator and chance.random() < 0.05:
        marks.append("unit bare")
        street, unit = f"{street} {place.unit}", ""
    else:
        marks += own
    if place.urbanization:
        return _with_urbanization(chance, place, street, unit, marks)
    if unit and chance.random() < 0.5:
        return f"{street}{chance.choice((', ', ' ', ' '))}{unit}", None
    return street, unit or None


def _with_urbanization(
    chance: Random, place: _Place, street: str, unit: str, marks: list[str]
) -> tuple[str, str | None]:
    word, _, name = place.urbanization.partition(" ")
    kind = chance.random()
    street = f"{street} {unit}".strip()
    if kind < 0.08:
        marks.append("urbanization dropped")
        return street, None
    before = f"{word.title()}. {name.title()}" if kind < 0.5 else f"{word.title()} {name.title()}"
    if kind > 0.8:
        marks.append("urbanization style")
        before = f"Urbanización {name.title()}" if kind < 0.88 and word == "URB" else name.title()
    return (street, before) if chance.random() < 0.4 else (f"{before}, {street}", None)


def _asked_zip(chance: Random, area: _Area, areas: list[_Area], marks: list[str]) -> str | None:
    kind = chance.random()
    if kind < 0.04:
        marks.append("ZIP missing")
        return None
    if kind < 0.055:
        marks.append("ZIP wrong")
        near = [other.code for other in areas if other.code[:3] == area.code[:3] and other.code != area.code]
        swapped = area.code[:3] + area.code[4] + area.code[3]
        changed = area.code[:4] + str((int(area.code[4]) + chance.randint(1, 9)) % 10)
        return chance.choice([chance.choice(near or [changed]), changed, swapped if swapped != area.code else changed])
    return area.code if kind < 0.95 else f"{area.code}-{chance.randint(1001, 9899)}"


def _asked_city(chance: Random, area: _Area, marks: list[str], needed: bool) -> tuple[str | None, str | None]:
    """City and state; both may be missing when there is a ZIP code."""
    city: str | None = area.city
    names = area.others + area.colloquial
    if names and chance.random() < 0.2:
        marks.append("city alternate")
        city = chance.choice(names)
    state: str | None = area.state
    kind = chance.random()
    if needed:
        return city, state
    if kind < 0.06:
        marks.append("city and state missing")
        return None, None
    if kind < 0.1:
        marks.append("state missing")
        return city, None
    if kind < 0.16 and state in _LONG_STATES:
        marks.append("state spelled out")
        state = _LONG_STATES[state]
    return city, state


_LONG_STATES = {"FL": "Florida", "WA": "Washington", "CO": "Colorado", "PR": "Puerto Rico"}


class _Requester:
    """Makes requests out of a census whose rows are written."""

    def __init__(self, chance: Random, census: _Census, rows: list[ListRow], position: list[int]) -> None:
        self.chance = chance
        self.census = census
        self.rows = rows
        self.position = position
        self.odd = [place for place in census.places if id(place) in census.traps]

    def requests(self, count: int) -> list[PostalRequest]:
        strangers = count // 10
        made = [self._listed() for _ in range(count - strangers)]
        while len(made) < count:
            stranger = self._stranger()
            if stranger:
                made.append(stranger)
        self.chance.shuffle(made)
        return made

    def _listed(self) -> PostalRequest:
        """Of somebody on the list; of every tenth we know that others look like them."""
        chance = self.chance
        place = chance.choice(self.odd) if self.odd and chance.random() < 0.1 else None
        entry = chance.choice(place.entries) if place else chance.randrange(len(self.census.entries))
        person, place, partner = self.census.entries[entry]
        if partner and chance.random() < 0.5 and _words(partner.first) <= _words(self.row(entry).name):
            person = partner
        level = chance.choices(tuple(LEVELS), tuple(LEVELS.values()))[0]
        return self._written(person, place, level, "")

    def _written(self, person: _Person, place: _Place, level: str, stranger: str) -> PostalRequest:
        chance, marks = self.chance, []
        others = [] if stranger else [other for other in self._people(place) if other is not person]
        asked = _asked_name(chance, person, others, marks)
        street, unit = _asked_address(chance, place, marks)
        code = _asked_zip(chance, place.area, self.census.areas, marks)
        city, state = _asked_city(chance, place.area, marks, code is None or "ZIP wrong" in marks)
        own, drop, doubtful = (set(), set(), set()) if stranger else self._truth(person, place, level, asked)
        self._compare_with_rows(place, own, person, asked, marks)
        texts = self._cased([asked.name, street, unit, city, state])
        traps = tuple(sorted(set(self.census.traps.get(id(place), ()))))
        sets = frozenset(drop), frozenset(own), frozenset(doubtful - drop)
        return PostalRequest(*texts, code, level, *sets, tuple(dict.fromkeys(marks)), traps, _kind(place), stranger)

    def _compare_with_rows(
        self, place: _Place, own: set[int], person: _Person, asked: _Asked, marks: list[str]
    ) -> None:
        """Marks for what differs from the requester's rows rather than from the truth."""
        rows = [row for row in map(self.row, place.entries) if row.number in own]
        if any(_lost_unit(place, row) for row in rows):
            marks.append("unit missing in the list")
        shown = [surname_tokens(person.surnames) & _words(row.name) for row in rows]
        if "second surname dropped" in marks and all(tokens <= asked.tokens for tokens in shown):
            marks.remove("second surname dropped")
        if len(person.surnames) == 2 and any(tokens < asked.tokens for tokens in shown):
            marks.append("second surname added")

    def _cased(self, texts: list[str | None]) -> list[str | None]:
        kind = self.chance.random()
        if kind < 0.1:
            return [text and text.lower() for text in texts]
        return [text and text.upper() for text in texts] if kind < 0.28 else texts

    def _people(self, place: _Place) -> list[_Person]:
        found = []
        for entry in place.entries:
            person, _, partner = self.census.entries[entry]
            found += [person, partner] if partner else [person]
        return list(dict.fromkeys(found))

    def row(self, entry: int) -> ListRow:
        return self.rows[self.position[entry]]

    def _truth(self, person: _Person, place: _Place, level: str, asked: _Asked) -> tuple[set[int], set[int], set[int]]:
        """The requester's own rows, those to drop, and those about which one may differ."""
        own, related, doubtful, hidden = set(), set(), set(), set()
        for entry in place.entries:
            row = self.row(entry)
            listed, _, partner = self.census.entries[entry]
            words = _words(row.name)
            if person in (listed, partner):
                shown = listed is person or _words(person.first) <= words
                (own if shown else hidden).add(row.number)
                continue
            tokens = surname_tokens(listed.surnames) & words
            if tokens & asked.tokens:
                related.add(row.number)
                if _could_be(listed, words, asked):
                    doubtful.add(row.number)
            elif tokens & surname_tokens(person.surnames):
                hidden.add(row.number)
        if level == "address":
            return own, {self.row(entry).number for entry in place.entries}, set()
        if level == "household":
            return own, own | related, hidden
        return own, own, doubtful | {number for number in hidden if self._shows(place, number, person)}

    def _shows(self, place: _Place, number: int, person: _Person) -> bool:
        """Whether a row stands for the person without naming them ('Mr & Mrs')."""
        return any(
            self.row(entry).number == number and self.census.entries[entry][2] is person for entry in place.entries
        )

    def _stranger(self) -> PostalRequest | None:
        """Of somebody who is not on the list, but near somebody who is."""
        chance, census = self.chance, self.census
        entry = chance.randrange(len(census.entries))
        model, near, _ = census.entries[entry]
        kinds = ("same building", "same street", "same address", "street alike", "same name elsewhere", "elsewhere")
        kind = chance.choices(kinds, (22, 22, 14, 14, 14, 14))[0]
        found = self._stranger_place(kind, near)
        if found is None:
            return None
        spanish = model.spanish
        person = _person(chance, spanish, chance.random() < 0.5, _surnames(chance, spanish))
        if kind == "same name elsewhere":
            person = model
        elif kind in ("same building", "same street") and chance.random() < 0.4:
            person.surnames = model.surnames[:1]
        level = chance.choices(tuple(LEVELS), tuple(LEVELS.values()))[0]
        if found is near and (level == "address" or not self._unlike(person, near)):
            return None
        made = self._written(person, found, level, kind)
        tokens = _words(made.name)
        if found is near and any(surname_tokens(other.surnames) & tokens for other in self._people(near)):
            return None
        return made

    def _stranger_place(self, kind: str, near: _Place) -> _Place | None:
        chance, census = self.chance, self.census
        if kind == "same address":
            return near
        if kind == "same building":
            building = near.building
            return building and census.within(near.area, building, chance.choice(building.units))
        if kind == "same street":
            return near.street and census.house(near.area, _Stretch(near.street, 10, 900, near.urbanization),
                                                _another(chance, near.number))  # fmt: skip
        if kind == "street alike":
            found = census.beside(near) if near.street and not near.building else None
            return found and found[1]
        area = near.area if near.area.stretches else chance.choice([area for area in census.areas if area.stretches])
        return census.house(area, chance.choice(area.stretches))

    def _unlike(self, person: _Person, near: _Place) -> bool:
        """Nobody there shares a surname or an initial with the person."""
        tokens = surname_tokens(person.surnames)
        return all(
            not surname_tokens(other.surnames) & tokens and other.first[0] != person.first[0]
            for other in self._people(near)
        )


def _lost_unit(place: _Place, row: ListRow) -> bool:
    lines = f"{row.line1}{row.line2}".replace("-", "").replace(" ", "").lower()
    return bool(place.unit) and place.unit.replace("-", "").removeprefix("PH").lower() not in lines


def _another(chance: Random, number: str) -> str:
    digits = int("".join(char for char in number.split()[0] if char.isdigit()))
    return str(max(1, digits + chance.choice((-40, -22, -12, -6, -4, -2, 2, 4, 6, 12, 22, 40))))


def _kind(place: _Place) -> str:
    return "puerto rico" if place.urbanization else place.kind


def _words(name: str) -> frozenset[str]:
    cleaned = plain(name).lower().replace("-", " ").replace(",", " ").replace("'", "").replace(".", " ")
    return frozenset(cleaned.split())


def _could_be(listed: _Person, words: frozenset[str], asked: _Asked) -> bool:
    """Whether a row of somebody else could, as both are written, be the requester's."""
    first = plain(listed.first).lower()
    if first.split()[0] not in words or len(asked.first) == 1:
        return first[0] == asked.first[0]
    if first.split()[0] != asked.first.split()[0]:
        return False
    shown = listed.generation.lower() if listed.generation.lower() in words else ""
    return not (shown and asked.generation) or shown == asked.generation.lower()


# ---------------------------------------------------------------------------------------------------- the two lists


@dataclass(slots=True)
class _Made:
    """A list with what the check needs to know of its making."""

    made: PostalList
    census: _Census
    position: list[int]
    official: bytearray


def miami(rows: int = 400_000, requests: int = 3_000, seed: int = 1) -> PostalList:
    """A list of a quadrant grid, two thirds of it Hispanic."""
    return _made("miami", rows, requests, seed).made


def mixed(rows: int = 600_000, requests: int = 3_000, seed: int = 1) -> PostalList:
    """A list of Washington, Colorado, Florida, Puerto Rico and military mail."""
    return _made("mixed", rows, requests, seed).made


def _made(which: str, rows: int, requests: int, seed: int) -> _Made:
    """Without the garbage collector, which would go over all rows again and again and find nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _drawn(which, rows, requests, Random(f"{which} {seed}"))
    finally:
        if collecting:
            gc.enable()


def _drawn(which: str, rows: int, requests: int, chance: Random) -> _Made:
    areas = _miami_areas(chance) if which == "miami" else _mixed_areas(chance)
    census = _Census(chance, areas, 0.68 if which == "miami" else 0.16)
    census.fill(rows)
    order = list(range(rows))
    chance.shuffle(order)
    position, official, written = [0] * rows, bytearray(rows), []
    number = 100_000
    for at, entry in enumerate(order):
        number += chance.randint(1, 4)
        row, official[at] = _row(chance, number, census.entries[entry])
        position[entry] = at
        written.append(row)
    made = _Requester(chance, census, written, position).requests(requests)
    return _Made(PostalList(written, made), census, position, official)


# ------------------------------------------------------------------------------------------------------- looking at it


def _check(made: _Made) -> Iterator[tuple[str, int, int]]:
    """What is claimed, how often it was looked at, and how often it does not hold."""
    rows, requests, census = made.made.rows, made.made.requests, made.census
    keys = Counter(_text_key(place) for place in census.places)
    yield "number + street + unit + ZIP belongs to one place", len(keys), sum(count > 1 for count in keys.values())
    entry_at = {at: entry for entry, at in enumerate(made.position)}
    written: dict[tuple[str, ...], set[int]] = defaultdict(set)
    place_of = {}
    for at, row in enumerate(rows):
        place = census.entries[entry_at[at]][1]
        place_of[row.number] = (id(place), row, bool(made.official[at]))
        if made.official[at]:
            written[_printed(row)].add(id(place))
    yield "what official rows print belongs to one place", len(written), sum(len(ids) > 1 for ids in written.values())
    yield "customer numbers are unique", len(rows), len(rows) - len(place_of)
    strangers = [request for request in requests if request.stranger]
    yield "strangers drop nothing", len(strangers), sum(bool(one.drop | one.own | one.doubtful) for one in strangers)
    listed = [request for request in requests if not request.stranger]
    yield "own rows are dropped", len(listed), sum(not one.own <= one.drop for one in listed)
    yield (
        "own, dropped and doubtful rows are at one place",
        len(listed),
        sum(len({place_of[number][0] for number in one.drop | one.own | one.doubtful}) != 1 for one in listed),
    )
    yield (
        "official rows of a request print one address",
        len(listed),
        sum(len({_printed(place_of[number][1]) for number in one.drop if place_of[number][2]}) > 1 for one in listed),
    )
    yield "doubtful is apart from dropped", len(listed), sum(bool(one.drop & one.doubtful) for one in listed)
    yield from _check_levels(listed, {number: facts[1].name for number, facts in place_of.items()})


def _check_levels(listed: list[PostalRequest], names: dict[int, str]) -> Iterator[tuple[str, int, int]]:
    clean = [one for one in listed if one.level == "household" and "name typo" not in one.damages]
    related = [(one, number) for one in clean for number in one.drop - one.own]
    yield (
        "a household's rows share a surname with the request",
        len(related),
        sum(not (_words(one.name) & _words(names[number])) - _PARTICLES for one, number in related),
    )
    single = [one for one in listed if one.level == "individual"]
    yield "an individual's rows are their own", len(single), sum(one.drop != one.own for one in single)


def _text_key(place: _Place) -> str:
    if place.street is None:
        return f"{place.route} BOX {place.number} {place.area.code}"
    unit = _official_unit(place).replace("-", "").replace("UNIT", "APT").replace("#", "APT").replace("PMB", "APT")
    return f"{place.urbanization} {place.number} {place.street.official} {unit} {place.area.code}"


def _printed(row: ListRow) -> tuple[str, ...]:
    """An official row's delivery address without regard to the order of its lines."""
    return (*sorted(f"{row.line1} {row.line2}".split()), row.line1.split()[0] if row.state != "PR" else "", row.zip[:5])


def _show(made: PostalList, chance: Random, count: int = 20) -> None:
    by_number = {row.number: row for row in made.rows}
    for row in chance.sample(made.rows, count):
        print(_shown(row))
    for request in chance.sample(made.requests, count):
        fields = (request.name, request.street, request.unit, request.city, request.state, request.zip)
        print(f"\n? {' | '.join('-' if text is None else text for text in fields)}")
        print(f"  {request.level}; {request.kind}; {request.stranger and f'stranger ({request.stranger}); '}"
              f"{', '.join(request.damages) or 'undamaged'}{'; TRAPS ' if request.traps else ''}"
              f"{', '.join(request.traps)}")  # fmt: skip
        for mark, numbers in (("drop    ", request.drop), ("doubtful", request.doubtful)):
            for number in sorted(numbers):
                print(f"  {mark} {'(own) ' if number in request.own else '      '}{_shown(by_number[number])}")


def _shown(row: ListRow) -> str:
    return f"{row.number} | {row.name} | {row.line1} | {row.line2} | {row.city} {row.state} {row.zip}"


def _counts(requests: list[PostalRequest]) -> Iterator[tuple[str, Counter[str]]]:
    yield "damages", Counter(damage for request in requests for damage in request.damages)
    yield "levels", Counter(request.level for request in requests)
    yield "kinds of address", Counter(request.kind for request in requests)
    yield "strangers", Counter(request.stranger for request in requests if request.stranger)
    yield "traps", Counter(trap for request in requests for trap in request.traps)


def main() -> None:
    """Print samples, counts and, if asked for, the check."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("which", nargs="?", choices=("miami", "mixed"), default="miami")
    parser.add_argument("--rows", type=int, default=None)
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="also check that the truths are consistent")
    asked = parser.parse_args()
    rows = asked.rows or {"miami": 400_000, "mixed": 600_000}[asked.which]
    started = time.perf_counter()
    made = _made(asked.which, rows, asked.requests, asked.seed)
    seconds = time.perf_counter() - started
    _show(made.made, Random(asked.seed))
    for title, counts in _counts(made.made.requests):
        print(f"\n{title}: " + ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    listed = [request for request in made.made.requests if not request.stranger]
    dropped = {level: [len(one.drop) for one in listed if one.level == level] for level in LEVELS}
    print(
        "\nrows to drop per request: " + ", ".join(f"{at} {sum(n) / max(1, len(n)):.2f}" for at, n in dropped.items())
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(made.made.rows)} rows at {len(made.census.places)} places in {seconds:.1f} s, {memory} MB at most")
    if asked.check:
        for claim, looked, failed in _check(made):
            print(f"{'ok  ' if not failed else 'FAIL'} {claim}: {looked} looked at, {failed} failed")


if __name__ == "__main__":
    main()
