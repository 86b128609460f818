"""Decodes NMEA 0183 sentences from standard input with pynmea2 and prints a JSON object a line, null for what is no sentence."""

import json
import sys

import pynmea2

NAMES = {
    "GGA": ["latitude", "longitude", "gps_qual", "num_sats", "horizontal_dil", "altitude", "geo_sep"],
    "RMC": ["latitude", "longitude", "is_valid", "spd_over_grnd", "true_course", "mag_variation", "mag_var_dir"],
    "GLL": ["latitude", "longitude", "is_valid"],
    "VTG": ["true_track", "mag_track", "spd_over_grnd_kts", "spd_over_grnd_kmph"],
    "GSA": ["mode_fix_type", "pdop", "hdop", "vdop"],
    "GSV": ["num_sv_in_view"],
    "ZDA": ["local_zone", "local_zone_minutes"],
    "HDT": ["heading"],
    "DBT": ["depth_feet", "depth_meters", "depth_fathoms"],
    "DPT": ["depth", "offset", "range"],
    "MTW": ["temperature"],
    "MWV": ["wind_angle", "reference", "wind_speed", "wind_speed_units", "status"],
}


def plain(value):
    return value if isinstance(value, (bool, int, float, str)) or value is None else str(value)


def decode(line):
    try:
        message = pynmea2.parse(line, check=True)
    except pynmea2.ParseError:
        return None
    kind = getattr(message, "sentence_type", "")
    values = {name: plain(getattr(message, name, None)) for name in NAMES.get(kind, [])}
    if getattr(message, "timestamp", None):
        values["timestamp"] = message.timestamp.isoformat()
    if kind == "RMC" and message.datestamp:
        values["date"] = message.datestamp.isoformat()
    if kind == "ZDA":
        values["date"] = "%04d-%02d-%02d" % (message.year, message.month, message.day)
    return {"sentence": kind, "talker": getattr(message, "talker", ""), **values}


for text in sys.stdin:
    print(json.dumps(decode(text.strip())))
