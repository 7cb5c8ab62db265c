"""Print ABZUG_DATABASE_URL for a web server, with the password out of Secrets Manager.

usage: database_url.py SECRET HOST REGION
"""

import json
import sys
from urllib.parse import quote

import boto3


def main() -> None:
    secret, host, region = sys.argv[1:]
    client = boto3.client("secretsmanager", region_name=region)
    found = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
    user, password = quote(found["username"], safe=""), quote(found["password"], safe="")
    url = f"postgresql://{user}:{password}@{host}:5432/abzug?sslmode=require"
    sys.stdout.write(f"ABZUG_DATABASE_URL={url}\n")


if __name__ == "__main__":
    main()
