"""The demo city's registers beside land: addresses, houses, rights, plans, streets, nature and building.

Each is filled by its own verbs. Acts are dated from 2019 to 2025, in the order in which they are recorded; nothing in
them is real but the map.
"""

from psycopg import Connection

from data.city import Tell, quiet
from data.demo_environment import nature
from data.demo_houses import register_houses
from data.demo_office import Office
from data.demo_people import register_people
from data.demo_places import form_units, reform
from data.demo_planning import planning
from data.demo_rights import tales
from data.demo_streets import streets
from data.demo_works import works
from gis.register import Register


def tell_registers(register: Register, connection: Connection, serial: int, tell: Tell = quiet) -> int:
    """Perform the acts of the legal registers on the demo city; return how many there were.

    Args:
        register: that of the demo city, with its land story told.
        connection: the public login's.
        serial: of the last sample act.
        tell: told of each step.
    """
    office = Office(register, connection, serial)
    tell("sample acts on addresses", 0.0)
    units = form_units(office)
    tell("sample acts on houses", 0.1)
    houses = register_houses(office, units.west)
    tell("sample acts on rights, plans, streets, nature and building", 0.4)
    people = register_people(office)
    stories = [reform(office, units), *tales(office, houses, people), *planning(office), *nature(office)]
    office.tell([*stories, *streets(office), *works(office, people)])
    return office.serial - serial
