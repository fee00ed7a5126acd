"""Tells which region and credentials AWS tools would take here, for the caller's pipe only."""

import json

import botocore.exceptions
import botocore.session

session = botocore.session.get_session()
try:
    credentials = session.get_credentials()
    region = session.get_config_variable("region")
    if credentials is None:
        raise SystemExit("there are none: name a profile (--profile), or run `aws configure`")
    if not region:
        raise SystemExit("no region is set: name one (--region)")
    frozen = credentials.get_frozen_credentials()
except botocore.exceptions.BotoCoreError as error:
    raise SystemExit(str(error))
print(
    json.dumps(
        {
            "region": region,
            "key": frozen.access_key,
            "secret": frozen.secret_key,
            "token": frozen.token,
        }
    )
)
