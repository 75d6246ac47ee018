# SPDX-License-Identifier: Apache-2.0
"""CPython's side of CPythonCodecIT.

generate COUNT SEED   prints COUNT lines "protocol hex text" of random values
render                reads lines "pickle|json hex", prints the text of each value

The text names every type; TypedValue.java prints the same.
"""

import collections
import datetime
import decimal
import json
import pickle
import pickletools
import random
import struct
import sys
import uuid

try:
    import zoneinfo

    REGIONS = [zoneinfo.ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "UTC")]
except Exception:
    zoneinfo = None
    REGIONS = []


def bits(number):
    return "nan" if number != number else struct.pack(">d", number).hex()


def paired(string):
    """Two surrogates that make a pair are one character in UTF-16, so also as a key in Java."""
    return string.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def offset(value):
    delta = value.utcoffset(None) if isinstance(value, datetime.timezone) else value.utcoffset()
    return "" if delta is None else "+%d" % (delta.days * 86400 + delta.seconds)


def clock(value):
    return "%d,%d,%d,%d" % (value.hour, value.minute, value.second, value.microsecond)


def day(value):
    return "%d,%d,%d" % (value.year, value.month, value.day)


def joined(values):
    return ",".join(map(text, values))


def text(value):
    kind = type(value)
    if value is None:
        return "none"
    if kind is bool:
        return "bool:true" if value else "bool:false"
    if kind is int:
        return "int:%d" % value
    if kind is float:
        return "float:" + bits(value)
    if kind is str:
        return "str:" + value.encode("utf-16-be", "surrogatepass").hex()
    if kind in (bytes, bytearray):
        return "bytes:" + value.hex()
    if kind is list:
        return "list[" + joined(value) + "]"
    if kind is tuple:
        return "tuple[" + joined(value) + "]"
    if kind in (dict, collections.OrderedDict, collections.defaultdict):
        return "dict[" + ",".join(text(k) + "=" + text(v) for k, v in value.items()) + "]"
    if kind in (set, frozenset):
        return kind.__name__ + "[" + ",".join(sorted(map(text, value))) + "]"
    if kind is uuid.UUID:
        return "uuid:%s" % value
    if kind is decimal.Decimal:
        return "decimal:%s" % value
    if kind is complex:
        return "complex:" + bits(value.real) + "," + bits(value.imag)
    return time_text(kind, value)


def time_text(kind, value):
    if kind is datetime.datetime:
        region = getattr(value.tzinfo, "key", None)
        named = "" if region is None else "@" + region
        return "datetime:" + day(value) + "," + clock(value) + offset(value) + named
    if kind is datetime.date:
        return "date:" + day(value)
    if kind is datetime.time:
        return "time:" + clock(value) + offset(value)
    if kind is datetime.timedelta:
        return "timedelta:%d,%d" % (value.days * 86400 + value.seconds, value.microseconds)
    if kind is datetime.timezone:
        return "timezone:" + offset(value)
    if zoneinfo is not None and kind is zoneinfo.ZoneInfo:
        return "zone:" + value.key
    raise TypeError("no such value: %r" % kind)


class Values:
    """Random values; json_only leaves out what JSON does not have."""

    def __init__(self, rnd, json_only):
        self.rnd = rnd
        self.json_only = json_only
        self.made = []

    def value(self, depth):
        rnd = self.rnd
        if depth > 0 and rnd.random() < 0.4:
            made = self.container(depth - 1)
            self.made.append(made)
            return made
        # The same object again: that is what the memo is for.
        if self.made and rnd.random() < 0.1:
            return rnd.choice(self.made)
        return self.scalar()

    def container(self, depth):
        rnd = self.rnd
        size = rnd.choice((0, 1, 2, 3, 4, 7))
        items = [self.value(depth) for _ in range(size)]
        kinds = 2 if self.json_only else 8
        kind = rnd.randrange(kinds)
        if kind == 0:
            return items
        if kind == 1:
            keys = (paired(self.string()) if self.json_only else self.key(2) for _ in items)
            return dict(zip(keys, items))
        if kind == 2:
            return tuple(items)
        if kind == 3:
            return set(self.key(1) for _ in items)
        if kind == 4:
            return frozenset(self.key(1) for _ in items)
        if kind == 5:
            return collections.OrderedDict((self.key(1), item) for item in items)
        if kind == 6:
            return collections.defaultdict(rnd.choice((int, list, dict, str)), enumerate(items))
        return tuple(items[:3])

    def key(self, depth):
        rnd = self.rnd
        if depth > 0 and rnd.random() < 0.2:
            inner = [self.key(depth - 1) for _ in range(rnd.randrange(4))]
            return tuple(inner) if rnd.random() < 0.7 else frozenset(inner)
        while True:
            made = self.scalar()
            # NaN is not equal to itself, so that Python may hold it as a key twice.
            if type(made) is not bytearray and made == made:
                return paired(made) if type(made) is str else made

    def scalar(self):
        rnd = self.rnd
        makers = [self.none, self.boolean, self.integer, self.integer, self.floating, self.string]
        if not self.json_only:
            makers += [self.octets, self.moment, self.moment, self.other]
        return rnd.choice(makers)()

    def none(self):
        return None

    def boolean(self):
        return self.rnd.random() < 0.5

    def integer(self):
        rnd = self.rnd
        size = rnd.choice((3, 8, 9, 16, 17, 31, 32, 33, 63, 64, 65, 128, 2100))
        return rnd.getrandbits(size) * rnd.choice((1, -1)) + rnd.choice((-1, 0, 1))

    def floating(self):
        rnd = self.rnd
        kind = rnd.randrange(5)
        if kind == 0:
            return struct.unpack(">d", rnd.randbytes(8))[0]
        if kind == 1:
            return rnd.choice((0.0, -0.0, float("inf"), float("-inf"), float("nan"), 5e-324, 1e16))
        if kind == 2:
            return round(rnd.uniform(-1000, 1000), rnd.randrange(6))
        if kind == 3:
            return 2.0 ** rnd.randrange(-1074, 1024)
        return rnd.uniform(-1, 1) * 10.0 ** rnd.randrange(-20, 30)

    def string(self):
        rnd = self.rnd
        size = rnd.choice((0, 1, 2, 5, 12, 60, 300))
        alphabets = ("abcxyz_.", "a\\'\"\n\r\t\x00\x1a\x7f\x80\xff", "é漢\u2028\uffff\U0001f600z", "\ud83d\udeffb\ude00")
        return "".join(rnd.choices(rnd.choice(alphabets), k=size))

    def octets(self):
        data = self.rnd.randbytes(self.rnd.choice((0, 1, 3, 10, 255, 256, 300)))
        return data if self.rnd.random() < 0.7 else bytearray(data)

    def zone(self):
        seconds = self.rnd.choice((0, 3600, -12600, 19800, 64800, -64800, 1, 86))
        delta = datetime.timedelta(seconds=seconds)
        if self.rnd.random() < 0.2:
            return datetime.timezone(delta, "named")
        return datetime.timezone(delta)

    def moment(self):
        rnd = self.rnd
        micro = rnd.choice((0, 1, 999999, rnd.randrange(1000000)))
        date = datetime.date.fromordinal(rnd.randrange(1, 3652059))
        time = datetime.time(rnd.randrange(24), rnd.randrange(60), rnd.randrange(60), micro)
        kind = rnd.randrange(8)
        if kind == 0:
            return date
        if kind == 1:
            return time
        if kind == 2:
            return time.replace(tzinfo=self.zone())
        if kind == 3:
            return datetime.datetime.combine(date, time, self.zone())
        if kind == 4:
            return datetime.timedelta(rnd.randrange(-999999999, 999999999), rnd.randrange(86400), micro)
        if kind == 5:
            return self.zone()
        if kind == 6 and REGIONS:
            return self.regional(time)
        return datetime.datetime.combine(date, time)

    def regional(self, time):
        rnd = self.rnd
        region = rnd.choice(REGIONS)
        if rnd.random() < 0.2:
            return region
        date = datetime.date(rnd.randrange(1980, 2030), rnd.choice((3, 10, 11)), rnd.randrange(1, 30))
        moment = datetime.datetime.combine(date, time.replace(fold=rnd.randrange(2)), region)
        back = moment.astimezone(datetime.timezone.utc).astimezone(region)
        return moment if back.replace(tzinfo=None) == moment.replace(tzinfo=None) else region

    def other(self):
        rnd = self.rnd
        kind = rnd.randrange(3)
        if kind == 0:
            return uuid.UUID(int=rnd.getrandbits(rnd.choice((8, 64, 128))))
        if kind == 1:
            return complex(self.floating(), self.floating())
        special = ("NaN", "sNaN", "-NaN123", "Infinity", "-Infinity", "-0", "-0.00", "0E-20", "1E+5000000000")
        plain = "%d.%dE%d" % (rnd.randrange(-99, 99), rnd.getrandbits(50), rnd.randrange(-20, 20))
        text = rnd.choice(special) if rnd.random() < 0.3 else plain
        made = decimal.Decimal(text)
        # A signalling NaN cannot be hashed.
        return decimal.Decimal("NaN") if made.is_snan() else made


def dumped(rnd, value, protocol):
    way = rnd.random()
    if way < 0.1:
        return pickle._dumps(value, protocol)
    made = pickle.dumps(value, protocol)
    return pickletools.optimize(made) if way > 0.9 else made


def generate(count, seed):
    rnd = random.Random(seed)
    for number in range(count):
        protocol = number % 7
        values = Values(rnd, protocol == 6)
        value = values.value(4)
        if protocol == 6:
            name, made = "json", json.dumps(value).encode()
        else:
            name, made = str(protocol), dumped(rnd, value, protocol)
        # What CPython reads, not what it wrote: below protocol 4 it drops the fold of a datetime.
        print(name, made.hex(), text(loaded(name, made)))


def loaded(name, made):
    return json.loads(made) if name == "json" else pickle.loads(made)


def render():
    for line in sys.stdin:
        name, made = line.split()
        print(text(loaded(name, bytes.fromhex(made))))


if __name__ == "__main__":
    if sys.argv[1] == "generate":
        generate(int(sys.argv[2]), int(sys.argv[3]))
    else:
        render()
